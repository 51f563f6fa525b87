-- One row per task that nobody touched and whose alert closed by itself, and source that has it, named as the fields of
-- Salesforce's Task.
select
    record_key,
    source_name,
    as_of_date,
    'Completed' as Status, -- noqa: CP02
    close_reason as Tenure_Close_Reason__c -- noqa: CP02
from {{ ref('int_activation__closed_tasks') }}
