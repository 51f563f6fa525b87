-- One row per account and day on which a flag of at least at_risk_renewal came newly on. Held back while the account is
-- being acquired or a signal is frozen. Closes when the flag goes off again, or when the account leaves the scope.
with

alarm_changes as (

    select
        account_id,
        as_of_date,
        flag,
        is_frozen,
        is_alarming,
        lead(as_of_date) over (partition by account_id order by as_of_date) as calm_date
    from {{ ref('int_alerts__alarm_changes') }}
    where
        model_version = {{ model_version() }}
        and as_of_date <= {{ as_of_date() }}
        and account_id <> ''

),

spans as (

    select
        account_id,
        from_date,
        until_date,
        is_acquired,
        next_contract_id,
        next_renewal_date,
        least(
            {{ date_add_days('max(until_date) over (partition by account_id)', -1) }}, {{ as_of_date() }}
        ) as last_date
    from {{ ref('int_accounts__account_spans') }}

),

final as (

    select
        case
            when alarm_changes.flag = 'critical' then 'health_decline_critical'
            else 'health_decline'
        end as rule,
        cast(alarm_changes.as_of_date as {{ dbt.type_string() }}) as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        alarm_changes.account_id,
        spans.next_contract_id as contract_id,
        spans.next_renewal_date as renewal_date,
        alarm_changes.as_of_date as created_date,
        case
            when alarm_changes.calm_date is not null then alarm_changes.calm_date
            when spans.last_date < {{ as_of_date() }} then spans.last_date
        end as closed_date,
        case
            when alarm_changes.calm_date is not null then 'recovered'
            when spans.last_date < {{ as_of_date() }} then 'account_left'
        end as close_reason
    from alarm_changes
    inner join spans
        on
            alarm_changes.account_id = spans.account_id
            and alarm_changes.as_of_date >= spans.from_date
            and alarm_changes.as_of_date < spans.until_date
    where
        alarm_changes.is_alarming
        and not coalesce(alarm_changes.is_frozen, false)
        and not coalesce(spans.is_acquired, false)

)

select * from final
