-- One row per leader and account that they should know of this week, and why: it fell or rose, is newly at risk, or
-- renews soon; of each the largest by ARR, or by how far it moved, with how many there are in all. A VP CS is told of
-- all accounts, a manager of those of their own people. The columns are those of sync_people__alerts, so that a channel
-- shows both alike.
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
        accounts.score - week_before.score as risen,
        week_before.score - accounts.score as fallen,
        coalesce(accounts.flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false)
        and not coalesce(week_before.was_at_risk, true) as is_newly_at_risk
    from accounts
    left join week_before
        on accounts.account_id = week_before.account_id

),

items as (

    select
        compared.*,
        'newly_at_risk' as list,
        'warning' as severity,
        'Newly at risk' as subject,
        cast(compared.arr as {{ dbt.type_float() }}) as weight
    from compared
    where compared.is_newly_at_risk
    union all
    select
        compared.*,
        'fell' as list,
        'notice' as severity,
        'Score fell by ' || cast(cast(round(compared.fallen) as {{ dbt.type_int() }}) as {{ dbt.type_string() }})
        || ' points in a week' as subject,
        compared.fallen as weight
    from compared
    cross join rules
    where compared.fallen >= rules.weekly_mover_points
    union all
    select
        compared.*,
        'rose' as list,
        'info' as severity,
        'Score rose by ' || cast(cast(round(compared.risen) as {{ dbt.type_int() }}) as {{ dbt.type_string() }})
        || ' points in a week' as subject,
        compared.risen as weight
    from compared
    cross join rules
    where compared.risen >= rules.weekly_mover_points
    union all
    select
        compared.*,
        'renews' as list,
        'notice' as severity,
        'Renews in ' || cast(compared.days_to_renewal as {{ dbt.type_string() }}) || ' days' as subject,
        cast(compared.arr as {{ dbt.type_float() }}) as weight
    from compared
    cross join rules
    where compared.days_to_renewal between 0 and rules.weekly_renewal_days

),

placed as (

    select
        teams.recipient_id,
        teams.recipient_name,
        teams.recipient_email,
        items.*,
        row_number() over (
            partition by teams.recipient_id, items.list order by items.weight desc, items.account_id asc
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
