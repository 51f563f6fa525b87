-- One row per renewal whose contract was cancelled, on the first day on which the notice could be known, whatever came
-- of it later; none while the account is being acquired, for automated alerts pause then.
with

states as (

    select
        account_id,
        contract_id,
        term_end_date as renewal_date,
        -- one without an end has no renewal, but an end of its ARR
        coalesce(term_end_date, churn_date) as milestone_date,
        greatest(from_date, outcome_from_date) as known_date,
        until_date,
        churn_date,
        cancelled_date
    from {{ ref('int_revenue__term_states') }}

),

-- Of each epoch what was known in it, so that a notice that was withdrawn, or a contract that was renewed after all,
-- still had its alert.
notices as (

    select
        account_id,
        contract_id,
        renewal_date,
        milestone_date,
        min(known_date) as created_date,
        max(until_date) as withdrawn_date
    from states
    where churn_date is not null and cancelled_date is not null and known_date < until_date
    group by account_id, contract_id, renewal_date, milestone_date

),

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
        cast(notices.milestone_date as {{ dbt.type_string() }}) as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        notices.account_id,
        notices.contract_id,
        notices.renewal_date,
        notices.created_date,
        case
            when renewals.renewal_outcome = 'churned' then renewals.churn_date
            when notices.renewal_date is null and notices.withdrawn_date > {{ as_of_date() }}
                then notices.milestone_date
            when notices.withdrawn_date <= {{ as_of_date() }} then notices.withdrawn_date
        end as closed_date,
        case
            when renewals.renewal_outcome = 'churned' then 'renewal_churned'
            when notices.renewal_date is null and notices.withdrawn_date > {{ as_of_date() }} then 'renewal_churned'
            when notices.withdrawn_date <= {{ as_of_date() }} then 'notice_withdrawn'
        end as close_reason
    from notices
    left join renewals
        on notices.contract_id = renewals.contract_id and notices.renewal_date = renewals.renewal_date
    left join spans
        on
            notices.account_id = spans.account_id
            and notices.created_date >= spans.from_date
            and notices.created_date < spans.until_date
    where
        not coalesce(spans.is_acquired, false)
        and notices.created_date <= {{ as_of_date() }}
        and notices.created_date >= {{ history_start_date() }}

)

select * from final
