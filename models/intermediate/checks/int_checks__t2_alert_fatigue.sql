-- The smaller of the shares of alerts ignored in the last 30 days and in the 30 before: high when both months were.
with

decided as (

    select
        state,
        case
            when due_at > cast({{ date_add_days(as_of_date(), '-30') }} as {{ dbt.type_timestamp() }}) then 1
            else 2
        end as months_ago
    from {{ ref('fct_alerts') }}
    where
        {{ entity_is_connected('tasks') }}
        and state in ('ignored', 'actioned', 'acknowledged')
        and due_at > cast({{ date_add_days(as_of_date(), '-60') }} as {{ dbt.type_timestamp() }})
        and due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})

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
