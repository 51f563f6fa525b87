-- One row per renewal that is open, or falls due in the quarter of the as-of day or in the next one: where its ARR
-- stands. What was due is what renewed, was lost, is at risk, is expected, and what has no score.
with

renewals as (
    select * from {{ ref('fct_renewals') }}
),

quarters as (
    select
        cast({{ dbt.date_trunc('quarter', as_of_date()) }} as date) as this_quarter_date,
        {{ date_add_months('cast(' ~ dbt.date_trunc('quarter', as_of_date()) ~ ' as date)', 3) }} as next_quarter_date,
        {{ date_add_months('cast(' ~ dbt.date_trunc('quarter', as_of_date()) ~ ' as date)', 6) }} as later_date
),

notice_periods as (
    select
        contract_id,
        max(notice_days) as notice_days
    from {{ ref('int_canonical__contracts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
    group by contract_id
),

calls as (
    select * from {{ ref('int_renewals__owner_calls') }}
    where as_of_date = {{ as_of_date() }}
),

expectations as (
    select * from {{ ref('fct_renewal_expectations') }}
    where as_of_date = {{ as_of_date() }}
),

next_steps as (
    select * from {{ ref('int_activation__next_steps') }}
),

placed as (
    select
        renewals.*,
        case when renewals.auto_renew then notice_periods.notice_days end as notice_days,
        calls.stage as opportunity_stage,
        calls.close_date as opportunity_close_date,
        calls.owner_call,
        calls.owner_call_since,
        cast(
            round(cast(renewals.arr as {{ dbt.type_float() }}) * calls.call_share, 2) as {{ dbt.type_numeric() }}
        ) as call_arr,
        expectations.renew_probability,
        expectations.expected_arr as likely_arr,
        case when renewals.renewal_outcome is null then next_steps.next_step end as next_step,
        case when renewals.renewal_outcome is null then next_steps.due_date end as next_step_date,
        case
            when renewals.renewal_date < quarters.this_quarter_date then 'earlier'
            when renewals.renewal_date < quarters.next_quarter_date then 'this_quarter'
            when renewals.renewal_date < quarters.later_date then 'next_quarter'
            else 'later'
        end as period,
        case
            when renewals.renewal_outcome = 'churned' then 'lost'
            when renewals.renewal_outcome is not null then 'renewed'
            when renewals.score is null then 'unscored'
            when renewals.flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') then 'at_risk'
            else 'expected'
        end as outlook,
        least(coalesce(renewals.renewed_arr, 0), renewals.arr) as kept_arr
    from renewals
    cross join quarters
    left join notice_periods
        on renewals.contract_id = notice_periods.contract_id
    left join calls
        on renewals.contract_id = calls.contract_id and renewals.renewal_date = calls.renewal_date
    left join expectations
        on
            renewals.contract_id = expectations.contract_id
            and renewals.renewal_date = expectations.renewal_date
    left join next_steps
        on renewals.account_id = next_steps.account_id
    where
        renewals.renewal_outcome is null
        or (
            renewals.renewal_date >= quarters.this_quarter_date
            and renewals.renewal_date < quarters.later_date
        )
),

final as (
    select
        contract_id,
        renewal_date,
        account_id,
        owner_id,
        period,
        outlook,
        arr as due_arr,
        case when renewal_outcome is not null then kept_arr else 0 end as renewed_arr,
        case when renewal_outcome is not null then arr - kept_arr else 0 end as lost_arr,
        case when outlook = 'at_risk' then arr else 0 end as at_risk_arr,
        case when outlook = 'expected' then arr else 0 end as expected_arr,
        case when outlook = 'unscored' then arr else 0 end as unscored_arr,
        notice_days,
        case
            when renewal_outcome is null and notice_days is not null
                then {{ date_add_days('renewal_date', '-notice_days') }}
        end as notice_date,
        opportunity_stage,
        opportunity_close_date,
        renew_probability,
        likely_arr,
        owner_call,
        owner_call_since,
        call_arr,
        call_arr - likely_arr as call_difference_arr,
        next_step,
        next_step_date
    from placed
)

select * from final
