-- One row per account and day: the days from the first term's start until it was onboarded, or until that day; null
-- before the first term, and while an account not yet onboarded is as young as a quick onboarding takes.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled='onboarding_time' in signals_used(),
) }}

with

spine as (
    {{ signal_spine(['first_term_start_date']) }}
),

cuts as (
    {{ signal_cuts('onboarding_time', ['quick', 'fair', 'slow', 'very_slow']) }}
),

accounts as (
    select
        account_id,
        known_date,
        known_until_date,
        dated_from_date,
        onboarded_date
    from {{ ref('int_canonical__accounts') }}
    where {{ in_bucket('account_id') }}
),

counted as (
    select
        spine.account_id,
        spine.as_of_date,
        accounts.onboarded_date <= spine.as_of_date as is_onboarded,
        {{ days_between(
            'spine.first_term_start_date',
            'case when accounts.onboarded_date <= spine.as_of_date then accounts.onboarded_date '
            ~ 'else spine.as_of_date end'
        ) }} as onboarding_days,
        coalesce(accounts.dated_from_date <= spine.as_of_date, false) as is_leak_proof
    from spine
    left join accounts
        on
            spine.account_id = accounts.account_id
            and spine.as_of_date >= accounts.known_date
            and spine.as_of_date < accounts.known_until_date
),

measured as (
    select
        counted.account_id,
        counted.as_of_date,
        case
            when counted.is_onboarded or counted.onboarding_days >= cuts.quick_threshold
                then counted.onboarding_days
        end as onboarding_days,
        counted.is_leak_proof
    from counted
    cross join cuts
),

final as (
    select
        measured.account_id,
        measured.as_of_date,
        cast(measured.onboarding_days as {{ dbt.type_float() }}) as measure,
        case
            when measured.onboarding_days <= cuts.quick_threshold then cuts.quick_value
            when measured.onboarding_days <= cuts.fair_threshold then cuts.fair_value
            when measured.onboarding_days <= cuts.slow_threshold then cuts.slow_value
            when measured.onboarding_days > cuts.very_slow_threshold then cuts.very_slow_value
        end as signal_value,
        measured.is_leak_proof,
        cuts_version.cuts_hash
    from measured
    cross join cuts
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
