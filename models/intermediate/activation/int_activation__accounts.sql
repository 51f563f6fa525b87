-- One row per account and source that has it: what a CRM shows of its health. An account is written to the CRM that it
-- came from, found by its id there. One out of scope clears its fields; one that was merged into another is no account
-- of the CRM any more. Scores are whole numbers, so that noise below a point is not written.
with

sources as (

    select * from {{ ref('int_accounts__sources') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}
    -- the CRM itself deleted what it merged into another
    where merged_into_account_id is null

),

renewals as (

    select
        fct_renewals.account_id,
        fct_renewals.renewal_stage,
        row_number() over (
            partition by fct_renewals.account_id order by fct_renewals.renewal_date, fct_renewals.contract_id
        ) as position
    from {{ ref('fct_renewals') }} as fct_renewals
    where fct_renewals.renewal_outcome is null

),

contributions as (

    select
        fct_signal_contributions_daily.account_id,
        fct_signal_contributions_daily.as_of_date,
        fct_signal_contributions_daily.signal,
        row_number() over (
            partition by fct_signal_contributions_daily.account_id, fct_signal_contributions_daily.as_of_date
            order by
                fct_signal_contributions_daily.weight
                * (100 - fct_signal_contributions_daily.signal_value) desc,
                fct_signal_contributions_daily.signal
        ) as position
    from {{ ref('fct_signal_contributions_daily') }} as fct_signal_contributions_daily
    where
        fct_signal_contributions_daily.model_version = {{ model_version() }}
        and fct_signal_contributions_daily.as_of_date = {{ as_of_date() }}
        and fct_signal_contributions_daily.signal_value < 100

),

weakest as (

    select
        contributions.account_id,
        contributions.as_of_date,
        max(case when contributions.position = 1 then contributions.signal end) as first_signal,
        max(case when contributions.position = 2 then contributions.signal end) as second_signal
    from contributions
    where contributions.position <= 2
    group by contributions.account_id, contributions.as_of_date

),

final as (

    select
        accounts.account_id as record_key,
        sources.source_name,
        {{ as_of_date() }} as as_of_date,
        case when not accounts.is_churned then cast(floor(round(accounts.score, 9) + 0.5) as {{ dbt.type_int() }}) end
            as score,
        case when not accounts.is_churned then accounts.category_effective end as category,
        case when not accounts.is_churned then accounts.flag end as flag,
        case when not accounts.is_churned then accounts.trend end as trend,
        case when not accounts.is_churned then accounts.stage_display end as stage,
        case when not accounts.is_churned then accounts.next_renewal_date end as next_renewal_date,
        case when not accounts.is_churned then renewals.renewal_stage end as renewal_stage,
        case when not accounts.is_churned then weakest.first_signal end as weakest_signal,
        case when not accounts.is_churned then weakest.second_signal end as second_weakest_signal,
        coalesce(accounts.needs_review and not accounts.is_churned, false) as needs_review
    from accounts
    inner join sources
        on accounts.account_id = sources.account_id
    left join renewals
        on accounts.account_id = renewals.account_id and renewals.position = 1
    left join weakest
        on
            accounts.account_id = weakest.account_id
            and accounts.as_of_date = weakest.as_of_date

)

select * from final
