-- Share of the alerts decided in the window that were ignored. Without tasks from the CRM nothing is known.
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'M2'

),

decided as (

    select alerts.state
    from {{ ref('fct_alerts') }} as alerts
    cross join rule
    where
        {{ entity_is_connected('tasks') }}
        and alerts.state in ('ignored', 'actioned', 'acknowledged')
        and alerts.due_at > cast({{ date_add_days(as_of_date(), '-rule.window_days') }} as {{ dbt.type_timestamp() }})
        and alerts.due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})

)

select
    'M2' as check_id,
    case when count(*) > 0 then 1.0 * count(case when state = 'ignored' then 1 end) / count(*) end as value,
    count(*) as n
from decided
