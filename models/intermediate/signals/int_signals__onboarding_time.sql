-- One row per account and day: the days from the first term's start until it was onboarded, or until that day; null
-- before the first term, and while an account not yet onboarded is as young as a quick onboarding takes.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('onboarding_time'),
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
    {{ cuts_on_day('counted') }}
),

cut_days as (
    select
        measured.*,
        case
            when measured.onboarding_days <= cuts.quick_threshold then 'quick'
            when measured.onboarding_days <= cuts.fair_threshold then 'fair'
            when measured.onboarding_days <= cuts.slow_threshold then 'slow'
            when measured.onboarding_days is not null then 'very_slow'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.onboarding_days', ['quick', 'fair', 'slow', 'very_slow'], 'cut_days.is_leak_proof') }}
