-- One row per account and day: meetings held in the last 90 days (lookback_days). A start: read what your signal rests
-- on instead, and say in rules/signal_cuts.csv what each number of it is worth.
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
        meetings.account_id,
        greatest(meetings.event_date, meetings.known_date) as from_date,
        least(
            meetings.known_until_date,
            {{ date_add_days('meetings.event_date', 'cuts.lookback_days') }}
        ) as until_date,
        1 as row_count
    from {{ ref('int_canonical__meetings') }} as meetings
    cross join cuts
    where
        meetings.status = 'attended'
        and meetings.event_date > {{ lookback_from_date('__name__') }}
        and {{ in_bucket('meetings.account_id') }}
),

totals as (
    {{ interval_totals('spine', 'intervals', ['row_count']) }}
),

-- no source of meetings is no data, which is null and not 0
measured as (
    select
        account_id,
        as_of_date,
        {%- if entity_is_connected('meetings') %}
        row_count
        {%- else %}
        cast(null as {{ dbt.type_bigint() }}) as row_count
        {%- endif %}
    from totals
),

