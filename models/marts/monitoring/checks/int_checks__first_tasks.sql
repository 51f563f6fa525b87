-- One row per task that fell due since the first one came back from the CRM, from `lead_days` after that day until
-- `window_days` after it (check H2), and whether it was completed by its due date. What was settled before asked for
-- nothing.
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

final as (

    select
        tasks.alert_key,
        tasks.is_completed_in_time
    from {{ ref('int_checks__due_tasks') }} as tasks
    cross join rule
    cross join launch
    where
        tasks.due_date >= launch.launch_date
        and {{ days_between('launch.launch_date', as_of_date()) }} between rule.lead_days and rule.window_days
        and (tasks.is_completed_in_time or not tasks.is_settled_before)

)

select * from final
