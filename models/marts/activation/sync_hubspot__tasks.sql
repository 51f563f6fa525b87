-- One row per open alert that its owner should act on and source that has the account, named as the properties of
-- HubSpot's tasks. A task is due at noon UTC, which is the same day in nearly all time zones.
select
    record_key,
    source_name,
    as_of_date,
    is_backlog,
    subject as hs_task_subject,
    account_id as associated_company,
    owner_id as hubspot_owner_id,
    cast(due_date as {{ dbt.type_string() }}) || 'T12:00:00Z' as hs_timestamp,
    case when is_pressing then 'HIGH' else 'MEDIUM' end as hs_task_priority,
    rule as tenure_rule,
    severity as tenure_severity,
    body as hs_task_body
from {{ ref('int_activation__tasks') }}
