-- One row per open alert that its owner should act on and source that has the account, named as the fields of
-- Salesforce's Task.
select
    record_key,
    source_name,
    as_of_date,
    is_backlog,
    subject as Subject, -- noqa: CP02, AL09
    account_id as WhatId, -- noqa: CP02
    owner_id as OwnerId, -- noqa: CP02
    due_date as ActivityDate, -- noqa: CP02
    case when is_pressing then 'High' else 'Normal' end as Priority, -- noqa: CP02
    rule as Tenure_Rule__c, -- noqa: CP02
    severity as Tenure_Severity__c, -- noqa: CP02
    body as Description -- noqa: CP02
from {{ ref('int_activation__tasks') }}
