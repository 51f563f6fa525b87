-- One row per account and source that has it, named as the fields of Salesforce's Account.
select
    record_key,
    source_name,
    as_of_date,
    score as Tenure_Score__c, -- noqa: CP02
    category as Tenure_Category__c, -- noqa: CP02
    flag as Tenure_Flag__c, -- noqa: CP02
    trend as Tenure_Trend__c, -- noqa: CP02
    stage as Tenure_Stage__c, -- noqa: CP02
    next_renewal_date as Tenure_Next_Renewal__c, -- noqa: CP02
    renewal_stage as Tenure_Renewal_Stage__c, -- noqa: CP02
    weakest_signal as Tenure_Weakest_Signal__c, -- noqa: CP02
    second_weakest_signal as Tenure_Second_Weakest_Signal__c, -- noqa: CP02
    needs_review as Tenure_Needs_Review__c -- noqa: CP02
from {{ ref('int_activation__accounts') }}
