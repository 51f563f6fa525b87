-- The smaller of the shares of alerts ignored in the last window and in the one before: high when both were.
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'T2'

),

due as (

    select
        alerts.state,
        cast(alerts.due_at as date) as due_date
    from {{ ref('fct_alerts') }} as alerts
    where
        {{ entity_is_connected('tasks') }}
        and alerts.state in ('ignored', 'actioned', 'acknowledged')

),

decided as (

    select
        due.state,
        case
            when due.due_date > {{ date_add_days(as_of_date(), '-rule.window_days') }} then 1
            else 2
        end as months_ago
    from due
    cross join rule
    where
        due.due_date > {{ date_add_days(as_of_date(), '-2 * rule.window_days') }}
        and due.due_date <= {{ as_of_date() }}

),

months as (

    select
        months_ago,
        1.0 * count(case when state = 'ignored' then 1 end) / count(*) as ignored_share,
        count(*) as n
    from decided
    group by months_ago

)

select
    'T2' as check_id,
    case when count(*) = 2 then min(ignored_share) end as value,
    case when count(*) = 2 then sum(n) else 0 end as n
from months
