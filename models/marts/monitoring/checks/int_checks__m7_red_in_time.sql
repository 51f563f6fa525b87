-- Of the tasks about red accounts that fell due in the window, the share that nobody took up by its due date.
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'M7'

),

due as (

    select tasks.is_taken_up_in_time
    from {{ ref('int_checks__due_tasks') }} as tasks
    cross join rule
    where
        tasks.rule = 'health_decline_critical'
        and tasks.due_date > {{ date_add_days(as_of_date(), '-rule.window_days') }}
        and (tasks.is_taken_up_in_time or not tasks.is_settled_before)

)

select
    'M7' as check_id,
    case when count(*) > 0 then 1.0 * count(case when not is_taken_up_in_time then 1 end) / count(*) end as value,
    count(*) as n
from due
