-- One row per account and day: the days since somebody last used the product, of the last 90 (lookback_days). The
-- measure is null, and the value the lowest, when nobody did in that time; both are null where no usage source knows
-- the account.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('usage_recency'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('usage_recency', ['recent', 'week', 'month', 'longer', 'silent'], ['lookback_days']) }}
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

active_days as (
    select
        account_id,
        event_date,
        min(greatest(event_date, known_date)) as from_date
    from {{ ref('int_canonical__usage_events') }}
    where
        event_count > 0
        and event_at >= {{ lookback_from_instant('usage_recency') }}
        and {{ in_bucket('account_id') }}
    group by account_id, event_date
),

-- The day itself comes after all that became known on it.
edges as (
    select
        account_id,
        as_of_date,
        cast(null as date) as active_date,
        1 as is_spine
    from spine
    union all
    select
        account_id,
        from_date as as_of_date,
        event_date as active_date,
        0 as is_spine
    from active_days
),

last_active as (
    select
        account_id,
        as_of_date,
        is_spine,
        max(active_date) over (
            partition by account_id
            order by as_of_date, is_spine
            rows between unbounded preceding and current row
        ) as last_active_date
    from edges
),

measured as (
    select
        last_active.account_id,
        last_active.as_of_date,
        coalesce(account_starts.known_from_date <= last_active.as_of_date, false) as is_known,
        case
            when
                {{ days_between('last_active.last_active_date', 'last_active.as_of_date') }} < cuts.lookback_days
                then {{ days_between('last_active.last_active_date', 'last_active.as_of_date') }}
        end as days_since
    from last_active
    cross join cuts
    left join account_starts
        on last_active.account_id = account_starts.account_id
    where last_active.is_spine = 1
),

cut_days as (
    select
        measured.account_id,
        measured.as_of_date,
        case when measured.is_known then measured.days_since end as days_since,
        case
            when not measured.is_known then cast(null as {{ dbt.type_string() }})
            when measured.days_since <= cuts.recent_threshold then 'recent'
            when measured.days_since <= cuts.week_threshold then 'week'
            when measured.days_since <= cuts.month_threshold then 'month'
            when measured.days_since is not null then 'longer'
            else 'silent'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.days_since', ['recent', 'week', 'month', 'longer', 'silent']) }}
