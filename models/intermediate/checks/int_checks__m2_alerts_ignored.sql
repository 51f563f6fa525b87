-- Share of the alerts decided in the last 30 days that were ignored. Without tasks from the CRM nothing is known.
select
    'M2' as check_id,
    case when count(*) > 0 then 1.0 * count(case when state = 'ignored' then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('fct_alerts') }}
where
    {{ entity_is_connected('tasks') }}
    and state in ('ignored', 'actioned', 'acknowledged')
    and due_at > cast({{ date_add_days(as_of_date(), '-30') }} as {{ dbt.type_timestamp() }})
    and due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})
