-- One row per leader and headline figure of their accounts, with its change since a week before; null where it has
-- none.
with

teams as (

    select * from {{ ref('int_activation__teams') }}

),

accounts as (

    select
        account_id,
        case when is_churned then 0 else arr end as arr,
        case when is_churned then null else days_to_renewal end as days_to_renewal,
        not is_churned and coalesce(flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false) as is_at_risk,
        not is_churned and coalesce(category_effective = 'red', false) as is_red
    from {{ ref('dim_accounts') }}

),

week_before as (

    select
        account_id,
        arr,
        coalesce(flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false) as is_at_risk,
        coalesce(category_effective = 'red', false) as is_red
    from {{ ref('fct_account_health_daily') }}
    where
        as_of_date = {{ date_add_days(as_of_date(), -7) }}
        and model_version = {{ model_version() }}

),

overdue as (

    select
        account_id,
        count(*) as alerts
    from {{ ref('fct_alerts') }}
    where is_overdue
    group by account_id

),

lacking as (

    select distinct account_id
    from {{ ref('fct_data_quality_accounts') }}
    where not is_complete and not is_known

),

lagging as (

    select count(*) as source_count
    from {{ ref('fct_source_freshness') }}
    where is_late or is_stale

),

rules as (

    {{ rule_values('activation_rules', ['weekly_renewal_days']) }}

),

sums as (

    select
        teams.recipient_id,
        max(teams.recipient_name) as recipient_name,
        max(teams.recipient_email) as recipient_email,
        sum(accounts.arr) as arr,
        sum(week_before.arr) as arr_before,
        sum(case when accounts.is_at_risk then accounts.arr else 0 end) as at_risk,
        sum(case when week_before.is_at_risk then week_before.arr when week_before.account_id is not null then 0 end)
            as at_risk_before,
        sum(case when accounts.is_red then 1 else 0 end) as red,
        sum(case when week_before.is_red then 1 when week_before.account_id is not null then 0 end) as red_before,
        sum(case when accounts.days_to_renewal between 0 and rules.weekly_renewal_days then accounts.arr else 0 end)
            as renewing,
        max(rules.weekly_renewal_days) as renewal_days,
        sum(coalesce(overdue.alerts, 0)) as overdue,
        count(lacking.account_id) as lacking
    from teams
    inner join accounts
        on teams.account_id = accounts.account_id
    cross join rules
    left join week_before
        on teams.account_id = week_before.account_id
    left join overdue
        on teams.account_id = overdue.account_id
    left join lacking
        on teams.account_id = lacking.account_id
    group by teams.recipient_id

),

unioned as (

    select
        recipient_id,
        recipient_name,
        recipient_email,
        1 as position,
        'ARR' as label,
        'money' as unit,
        cast(arr as {{ dbt.type_float() }}) as value,
        cast(arr - arr_before as {{ dbt.type_float() }}) as change
    from sums
    union all
    select
        recipient_id,
        recipient_name,
        recipient_email,
        2 as position,
        'ARR at risk' as label,
        'money' as unit,
        cast(at_risk as {{ dbt.type_float() }}) as value,
        cast(at_risk - at_risk_before as {{ dbt.type_float() }}) as change
    from sums
    union all
    select
        recipient_id,
        recipient_name,
        recipient_email,
        3 as position,
        'Red accounts' as label,
        'count' as unit,
        cast(red as {{ dbt.type_float() }}) as value,
        cast(red - red_before as {{ dbt.type_float() }}) as change
    from sums
    union all
    select
        recipient_id,
        recipient_name,
        recipient_email,
        4 as position,
        'ARR to renew in ' || cast(renewal_days as {{ dbt.type_string() }}) || ' days' as label,
        'money' as unit,
        cast(renewing as {{ dbt.type_float() }}) as value,
        cast(null as {{ dbt.type_float() }}) as change
    from sums
    union all
    select
        recipient_id,
        recipient_name,
        recipient_email,
        5 as position,
        'Overdue alerts' as label,
        'count' as unit,
        cast(overdue as {{ dbt.type_float() }}) as value,
        cast(null as {{ dbt.type_float() }}) as change
    from sums
    union all
    -- the weekly review of the data, while there is anything to review
    select
        sums.recipient_id,
        sums.recipient_name,
        sums.recipient_email,
        6 as position,
        'Sources that lag, to be reviewed' as label,
        'count' as unit,
        cast(lagging.source_count as {{ dbt.type_float() }}) as value,
        cast(null as {{ dbt.type_float() }}) as change
    from sums
    cross join lagging
    where lagging.source_count > 0
    union all
    select
        recipient_id,
        recipient_name,
        recipient_email,
        7 as position,
        'Accounts that lack data, to be reviewed' as label,
        'count' as unit,
        cast(lacking as {{ dbt.type_float() }}) as value,
        cast(null as {{ dbt.type_float() }}) as change
    from sums
    where lacking > 0

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        unioned.*
    from unioned

)

select * from final
