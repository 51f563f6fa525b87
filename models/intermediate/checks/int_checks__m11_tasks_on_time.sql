-- Of the tasks that fell due in the last 30 days, the share that was completed.
select
    'M11' as check_id,
    case when count(*) > 0 then 1.0 * count(case when state = 'actioned' then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('fct_alerts') }}
where
    {{ entity_is_connected('tasks') }}
    and not is_silent
    and due_at > cast({{ date_add_days(as_of_date(), '-30') }} as {{ dbt.type_timestamp() }})
    and due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})
