-- Of the tasks that fell due since the first one came back from the CRM, the share that was completed by its due date,
-- asked from `lead_days` after that day until `window_days` after it.
with

rule as (

    select
        window_days,
        lead_days
    from {{ ref('check_rules') }}
    where check_id = 'H2'

),

launch as (

    select min(tasks.known_date) as launch_date
    from {{ ref('int_canonical__tasks') }} as tasks
    inner join {{ ref('fct_alerts') }} as alerts
        on tasks.task_key = alerts.alert_key
    where tasks.known_date > {{ beginning_of_time() }} and tasks.known_date <= {{ as_of_date() }}

),

due as (

    select tasks.is_completed_in_time
    from {{ ref('int_checks__due_tasks') }} as tasks
    cross join rule
    cross join launch
    where
        tasks.due_date >= launch.launch_date
        and {{ days_between('launch.launch_date', as_of_date()) }} between rule.lead_days and rule.window_days
        and (tasks.is_completed_in_time or not tasks.is_settled_before)

)

select
    'H2' as check_id,
    case when count(*) > 0 then 1.0 * count(case when is_completed_in_time then 1 end) / count(*) end as value,
    count(*) as n
from due
