-- One row per account and day on which a flag of at least at_risk_renewal came newly on. Held back while the account is
-- being acquired or a signal is frozen. Closes when the flag goes off again, or when the account leaves the scope.
with

health as (

    select
        fct_account_health_daily.account_id,
        fct_account_health_daily.as_of_date,
        fct_account_health_daily.flag,
        fct_account_health_daily.is_frozen,
        coalesce(fct_account_health_daily.flag in ('at_risk_renewal', 'critical'), false) as is_alarming
    from {{ ref('fct_account_health_daily') }} as fct_account_health_daily
    where
        fct_account_health_daily.model_version = {{ model_version() }}
        and fct_account_health_daily.as_of_date <= {{ as_of_date() }}

),

account_days as (

    select
        account_id,
        as_of_date,
        is_acquired,
        next_contract_id,
        next_renewal_date
    from {{ ref('int_accounts__account_days') }}

),

with_previous as (

    select
        health.*,
        lag(health.is_alarming) over (partition by health.account_id order by health.as_of_date) as was_alarming,
        min(case when not health.is_alarming then health.as_of_date end) over (
            partition by health.account_id
            order by health.as_of_date
            rows between 1 following and unbounded following
        ) as calm_date,
        max(health.as_of_date) over (partition by health.account_id) as last_date
    from health

),

final as (

    select
        case
            when with_previous.flag = 'critical' then 'health_decline_critical'
            else 'health_decline'
        end as rule,
        cast(with_previous.as_of_date as {{ dbt.type_string() }}) as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        with_previous.account_id,
        account_days.next_contract_id as contract_id,
        account_days.next_renewal_date as renewal_date,
        with_previous.as_of_date as created_date,
        case
            when with_previous.calm_date is not null then with_previous.calm_date
            when with_previous.last_date < {{ as_of_date() }} then with_previous.last_date
        end as closed_date,
        case
            when with_previous.calm_date is not null then 'recovered'
            when with_previous.last_date < {{ as_of_date() }} then 'account_left'
        end as close_reason
    from with_previous
    inner join account_days
        on
            with_previous.account_id = account_days.account_id
            and with_previous.as_of_date = account_days.as_of_date
    where
        with_previous.is_alarming
        and not coalesce(with_previous.was_alarming, false)
        and not coalesce(with_previous.is_frozen, false)
        and not coalesce(account_days.is_acquired, false)

)

select * from final
