-- One row per leader and account that they should know of this week, and why: it fell or rose, is newly at risk, or
-- renews soon; of each the largest by ARR, with how many there are in all. It moved when its score did by so many
-- points (`weekly_mover_points`), or its category. A VP CS is told of all accounts, a manager of those of their own
-- people. The columns are those of sync_people__alerts, so that a channel shows both alike.
with

teams as (

    select * from {{ ref('int_activation__teams') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}
    where not is_churned and merged_into_account_id is null

),

week_before as (

    select
        account_id,
        score,
        category_effective,
        coalesce(flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false) as was_at_risk
    from {{ ref('fct_account_health_daily') }}
    where
        as_of_date = {{ date_add_days(as_of_date(), -7) }}
        and model_version = {{ model_version() }}

),

rules as (

    {{ rule_values('activation_rules', ['weekly_mover_points', 'weekly_items', 'weekly_renewal_days']) }}

),

compared as (

    select
        accounts.account_id,
        accounts.name,
        accounts.owner_name,
        accounts.segment,
        accounts.arr,
        accounts.score,
        accounts.category_effective,
        accounts.flag,
        accounts.next_renewal_date,
        accounts.days_to_renewal,
        week_before.category_effective as category_before,
        accounts.score - week_before.score as points,
        case accounts.category_effective when 'red' then 1 when 'yellow' then 2 when 'green' then 3 end
        - case week_before.category_effective when 'red' then 1 when 'yellow' then 2 when 'green' then 3 end as tiers,
        coalesce(accounts.flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false)
        and not coalesce(week_before.was_at_risk, true) as is_newly_at_risk
    from accounts
    left join week_before
        on accounts.account_id = week_before.account_id

),

-- The score says which way an account moved; where it moved by less than is news, the category does.
moved as (

    select
        compared.*,
        case
            when abs(compared.points) >= rules.weekly_mover_points then compared.points
            else compared.tiers
        end as moved_by,
        'Score '
        || case
            when round(compared.points) = 0 then 'hardly moved'
            else
                case when compared.points < 0 then 'fell' else 'rose' end || ' by '
                || cast(cast(abs(round(compared.points)) as {{ dbt.type_int() }}) as {{ dbt.type_string() }})
                || case when abs(round(compared.points)) = 1 then ' point' else ' points' end
        end
        || ' in a week'
        || case
            when compared.tiers <> 0
                then ', from ' || compared.category_before || ' to ' || compared.category_effective
            else ''
        end as move_text
    from compared
    cross join rules

),

items as (

    select
        moved.*,
        'newly_at_risk' as list,
        'warning' as severity,
        'Newly at risk' as subject
    from moved
    where moved.is_newly_at_risk
    union all
    select
        moved.*,
        'fell' as list,
        'notice' as severity,
        moved.move_text as subject
    from moved
    where moved.moved_by < 0
    union all
    select
        moved.*,
        'rose' as list,
        'info' as severity,
        moved.move_text as subject
    from moved
    where moved.moved_by > 0
    union all
    select
        moved.*,
        'renews' as list,
        'notice' as severity,
        'Renews in ' || cast(moved.days_to_renewal as {{ dbt.type_string() }}) || ' days' as subject
    from moved
    cross join rules
    where moved.days_to_renewal between 0 and rules.weekly_renewal_days

),

placed as (

    select
        teams.recipient_id,
        teams.recipient_name,
        teams.recipient_email,
        items.*,
        row_number() over (
            partition by teams.recipient_id, items.list
            order by coalesce(items.arr, 0) desc, abs(items.points) desc, items.account_id asc
        ) as place,
        count(*) over (partition by teams.recipient_id, items.list) as list_total
    from items
    inner join teams
        on items.account_id = teams.account_id

),

final as (

    select
        {{ dbt.concat(["'weekly:'", 'placed.recipient_id', "':'", 'placed.list', "':'", 'placed.account_id']) }}
            as record_key,
        {{ as_of_date() }} as as_of_date,
        'weekly' as kind,
        {{ as_of_date() }} as event_date,
        false as is_backlog,
        placed.recipient_id,
        placed.recipient_name,
        placed.recipient_email,
        cast(null as {{ dbt.type_string() }}) as level,
        {{ dbt.concat(['placed.list', "':'", 'placed.account_id']) }} as alert_key,
        placed.list as rule,
        placed.severity,
        placed.subject,
        'created' as state,
        placed.owner_name,
        {{ as_of_date() }} as created_date,
        {{ as_of_date() }} as due_date,
        placed.account_id,
        coalesce(placed.name, placed.account_id) as account_name,
        placed.segment,
        placed.arr,
        placed.score,
        placed.category_effective as category,
        placed.flag,
        placed.next_renewal_date as renewal_date,
        cast(placed.list_total as {{ dbt.type_int() }}) as list_total,
        cast(placed.place as {{ dbt.type_int() }}) as list_place
    from placed
    cross join rules
    where placed.place <= rules.weekly_items

)

select * from final
