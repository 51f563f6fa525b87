-- One row per open renewal deal and source that has it, named as the properties of HubSpot's deals.
select
    record_key,
    source_name,
    account_id,
    as_of_date,
    renewal_date as tenure_deal_renewal,
    renewal_stage as tenure_deal_stage,
    likelihood as tenure_deal_likelihood,
    expected_arr as tenure_deal_expected_arr,
    next_step as tenure_deal_next_step,
    score_180 as tenure_deal_score_180,
    score_90 as tenure_deal_score_90,
    score_60 as tenure_deal_score_60,
    score_30 as tenure_deal_score_30,
    review_date as tenure_deal_last_review,
    review_notes as tenure_deal_review_notes
from {{ ref('int_activation__deals') }}
