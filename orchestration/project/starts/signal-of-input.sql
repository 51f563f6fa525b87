-- One row per account and day: rows of __input__ of the last 90 days (lookback_days). A start: count what your signal
-- rests on, and say in rules/signal_cuts.csv what each number of it is worth.
with

-- the accounts and days that this run computes
spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('__name__', ['none', 'some', 'many'], ['lookback_days']) }}
),

-- from the day on which it happened and is known, for as long as it counts
intervals as (
    select
        inputs.account_id,
        greatest(inputs.event_date, inputs.known_date) as from_date,
        least(
            inputs.known_until_date,
            {{ date_add_days('inputs.event_date', 'cuts.lookback_days') }}
        ) as until_date,
        1 as row_count
    from {{ ref('int_inputs____input__') }} as inputs
    cross join cuts
    where
        inputs.event_date > {{ lookback_from_date('__name__') }}
        and {{ in_bucket('inputs.account_id') }}
),

totals as (
    {{ interval_totals('spine', 'intervals', ['row_count']) }}
),

first_known as (
    select * from {{ ref('int_signals__first_known') }}
    where signal = '__name__'
),

-- before anything of anybody was known there are no data, which is null and not 0
measured as (
    select
        totals.account_id,
        totals.as_of_date,
        case when totals.as_of_date >= first_known.known_from_date then totals.row_count end as row_count
    from totals
    cross join first_known
),

