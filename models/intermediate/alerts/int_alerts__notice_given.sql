-- One row per renewal whose contract was cancelled, on the day on which the notice could be known; none while the
-- account is being acquired, for automated alerts pause then.
with

renewals as (

    select * from {{ ref('int_renewals__renewals') }}

),

spans as (

    select
        account_id,
        from_date,
        until_date,
        is_acquired
    from {{ ref('int_accounts__account_spans') }}

),

final as (

    select
        'notice_given' as rule,
        cast(renewals.renewal_date as {{ dbt.type_string() }}) as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        renewals.account_id,
        renewals.contract_id,
        renewals.renewal_date,
        renewals.outcome_known_date as created_date,
        renewals.churn_date as closed_date,
        'renewal_churned' as close_reason
    from renewals
    left join spans
        on
            renewals.account_id = spans.account_id
            and renewals.outcome_known_date >= spans.from_date
            and renewals.outcome_known_date < spans.until_date
    where
        not coalesce(spans.is_acquired, false)
        and renewals.cancelled_date is not null
        and renewals.renewal_outcome = 'churned'
        and renewals.outcome_known_date <= {{ as_of_date() }}
        and renewals.outcome_known_date >= {{ history_start_date() }}

)

select * from final
