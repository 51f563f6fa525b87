-- One row per account and source that has it, named as the properties of HubSpot's companies.
select
    record_key,
    source_name,
    as_of_date,
    score as tenure_score,
    category as tenure_category,
    flag as tenure_flag,
    trend as tenure_trend,
    stage as tenure_stage,
    next_renewal_date as tenure_next_renewal,
    renewal_stage as tenure_renewal_stage,
    weakest_signal as tenure_weakest_signal,
    second_weakest_signal as tenure_second_weakest_signal,
    needs_review as tenure_needs_review
from {{ ref('int_activation__accounts') }}
