-- Of the alerts about red accounts that fell due in the last 30 days, the share that nobody took up.
select
    'M7' as check_id,
    case
        when count(*) > 0
            then 1.0 * count(case when state not in ('acknowledged', 'actioned') then 1 end) / count(*)
    end as value,
    count(*) as n
from {{ ref('fct_alerts') }}
where
    {{ entity_is_connected('tasks') }}
    and rule = 'health_decline_critical'
    and not is_silent
    and due_at > cast({{ date_add_days(as_of_date(), '-30') }} as {{ dbt.type_timestamp() }})
    and due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})
