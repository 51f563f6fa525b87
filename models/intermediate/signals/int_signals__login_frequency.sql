-- One row per account and day: the distinct days with usage in the last 30 (lookback_days).
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('login_frequency', ['high', 'medium', 'low', 'silent'], ['lookback_days']) }}
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

active_days as (
    select
        usage_events.account_id,
        usage_events.event_date,
        max(cuts.lookback_days) as lookback_days,
        min(greatest(usage_events.event_date, usage_events.known_date)) as from_date
    from {{ ref('int_canonical__usage_events') }} as usage_events
    cross join cuts
    where
        usage_events.event_count > 0
        and usage_events.event_at >= {{ lookback_from_instant('login_frequency') }}
        and {{ in_bucket('usage_events.account_id') }}
    group by usage_events.account_id, usage_events.event_date
),

intervals as (
    select
        account_id,
        from_date,
        {{ date_add_days('event_date', 'lookback_days') }} as until_date,
        1 as active_days
    from active_days
),

totals as (
    {{ interval_totals('spine', 'intervals', ['active_days']) }}
),

measured as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when account_starts.known_from_date <= totals.as_of_date then totals.active_days
        end as active_days
    from totals
    left join account_starts
        on totals.account_id = account_starts.account_id
),

cut_days as (
    select
        measured.*,
        case
            when measured.active_days >= cuts.high_threshold then 'high'
            when measured.active_days >= cuts.medium_threshold then 'medium'
            when measured.active_days >= cuts.low_threshold then 'low'
            when measured.active_days is not null then 'silent'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.active_days', ['high', 'medium', 'low', 'silent']) }}
