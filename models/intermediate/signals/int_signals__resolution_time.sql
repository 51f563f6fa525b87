-- One row per account and day: how long the tickets took that were solved in the last 90 days (lookback_days), from
-- their creation, in mean hours. Null when none was solved; one that is open says nothing yet.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('resolution_time'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('resolution_time', ['fast', 'fair', 'slow'], ['lookback_days']) }}
),

-- Whole microseconds, so that sums are exact.
intervals as (
    select
        tickets.account_id,
        greatest(tickets.event_date, tickets.solved_date, tickets.known_date) as from_date,
        least(
            tickets.known_until_date,
            coalesce(tickets.merged_date, tickets.known_until_date),
            {{ date_add_days('tickets.solved_date', 'cuts.lookback_days') }}
        ) as until_date,
        1 as solved_count,
        cast(
            round({{ seconds_between('tickets.created_at', 'tickets.solved_at') }} * 1000000) as {{ dbt.type_bigint() }}
        ) as solving_microseconds
    from {{ ref('int_canonical__tickets') }} as tickets
    cross join cuts
    where
        tickets.solved_at >= tickets.created_at
        and tickets.solved_date > {{ lookback_from_date('resolution_time') }}
        and {{ in_bucket('tickets.account_id') }}
),

totals as (
    {{ interval_totals('spine', 'intervals', ['solved_count', 'solving_microseconds']) }}
),

measured as (
    select
        account_id,
        as_of_date,
        case
            when solved_count > 0
                then cast(solving_microseconds as {{ dbt.type_float() }}) / solved_count / 3600000000
        end as mean_hours
    from totals
),

cut_days as (
    select
        measured.*,
        case
            when measured.mean_hours < cuts.fast_threshold then 'fast'
            when measured.mean_hours <= cuts.fair_threshold then 'fair'
            when measured.mean_hours is not null then 'slow'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.mean_hours', ['fast', 'fair', 'slow']) }}
