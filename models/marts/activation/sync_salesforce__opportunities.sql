-- One row per open renewal opportunity and source that has it, named as the fields of Salesforce's Opportunity.
select
    record_key,
    source_name,
    account_id,
    as_of_date,
    renewal_date as Tenure_Deal_Renewal__c, -- noqa: CP02
    renewal_stage as Tenure_Deal_Stage__c, -- noqa: CP02
    likelihood as Tenure_Deal_Likelihood__c, -- noqa: CP02
    expected_arr as Tenure_Deal_Expected_ARR__c, -- noqa: CP02
    next_step as Tenure_Deal_Next_Step__c, -- noqa: CP02
    score_180 as Tenure_Deal_Score_180__c, -- noqa: CP02
    score_90 as Tenure_Deal_Score_90__c, -- noqa: CP02
    score_60 as Tenure_Deal_Score_60__c, -- noqa: CP02
    score_30 as Tenure_Deal_Score_30__c, -- noqa: CP02
    review_date as Tenure_Deal_Last_Review__c, -- noqa: CP02
    review_notes as Tenure_Deal_Review_Notes__c -- noqa: CP02
from {{ ref('int_activation__deals') }}
