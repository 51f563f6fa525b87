-- One row per alert with a task in the CRM that was due by the as-of day: whether somebody had taken it up or completed
-- it by then. One whose cause was gone before, or that a person had cancelled by then, asks for nothing more
-- (`is_settled_before`).
select
    alert_key,
    rule,
    cast(due_at as date) as due_date,
    coalesce(acknowledged_at <= due_at, false) as is_taken_up_in_time,
    coalesce(completed_at <= due_at, false) as is_completed_in_time,
    coalesce(closed_at < due_at or (closed_at = due_at and state = 'closed'), false) as is_settled_before
from {{ ref('fct_alerts') }}
where
    has_task
    and not is_silent
    and due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})
