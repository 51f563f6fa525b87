-- One row per task that nobody touched and whose alert closed by itself, and source that has it, named as the
-- properties of HubSpot's tasks.
select
    record_key,
    source_name,
    as_of_date,
    'COMPLETED' as hs_task_status,
    close_reason as tenure_close_reason
from {{ ref('int_activation__closed_tasks') }}
