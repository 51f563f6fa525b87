-- One row per account and day on which a flag of at least at_risk_renewal came newly on, and one when `critical` came
-- newly on after it. Frozen days are left out before it is asked what is new, so that an alarm that came on while
-- signals were frozen is held back until the first day without a frozen value. While the account is being acquired
-- nothing fires. Closes when the next one fires, when the flag goes off again (or is off by the model version that
-- comes into force), or when the account leaves the scope.
with

changes as (

    select
        account_id,
        as_of_date,
        coalesce(flag in ('at_risk_renewal', 'critical'), false) as is_alarming,
        coalesce(flag = 'critical', false) as is_critical,
        is_new_version
    from {{ ref('int_alerts__risks') }}
    where not coalesce(is_frozen, false)

),

with_previous as (

    select
        changes.*,
        coalesce(lag(is_alarming) over (partition by account_id order by as_of_date), false) as was_alarming,
        coalesce(lag(is_critical) over (partition by account_id order by as_of_date), false) as was_critical
    from changes

),

-- The days on which an alarm came on or grew, and those on which it went off.
alarms as (

    select
        with_previous.*,
        lead(as_of_date) over (partition by account_id order by as_of_date) as next_date,
        lead(is_alarming) over (partition by account_id order by as_of_date) as is_next_alarming,
        lead(is_new_version) over (partition by account_id order by as_of_date) as is_next_new_version
    from with_previous
    where is_alarming <> was_alarming or (is_critical and not was_critical)

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
            when alarms.is_critical then 'health_decline_critical'
            else 'health_decline'
        end as rule,
        cast(alarms.as_of_date as {{ dbt.type_string() }}) as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        alarms.account_id,
        spans.next_contract_id as contract_id,
        spans.next_renewal_date as renewal_date,
        alarms.as_of_date as created_date,
        case
            when alarms.next_date is not null then alarms.next_date
            when spans.last_date < {{ as_of_date() }} then spans.last_date
        end as closed_date,
        case
            when alarms.is_next_alarming then 'superseded'
            when alarms.is_next_new_version then 'rules_changed'
            when alarms.next_date is not null then 'recovered'
            when spans.last_date < {{ as_of_date() }} then 'account_left'
        end as close_reason
    from alarms
    inner join spans
        on
            alarms.account_id = spans.account_id
            and alarms.as_of_date >= spans.from_date
            and alarms.as_of_date < spans.until_date
    where
        alarms.is_alarming
        and not coalesce(spans.is_acquired, false)

)

select * from final
