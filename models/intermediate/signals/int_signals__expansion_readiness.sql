-- One row per account and day: how ready the account looks to buy more. The mean of the use of seats, the use of
-- licensed features and whether more people use the product than before (the later half of the last lookback_days
-- against the earlier half), of those that there are. There is no measure.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('expansion_readiness'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('expansion_readiness', ['rising', 'steady', 'falling'], ['lookback_days']) }}
),

halves as (
    select
        cuts.*,
        cast(floor(cuts.lookback_days / 2) as {{ dbt.type_int() }}) as half_days
    from cuts
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

uses as (
    select
        usage_events.account_id,
        usage_events.user_id,
        greatest(usage_events.event_date, usage_events.known_date) as from_date,
        {{ date_add_days('usage_events.event_date', 'halves.half_days') }} as until_date,
        greatest(
            {{ date_add_days('usage_events.event_date', 'halves.half_days') }}, usage_events.known_date
        ) as before_from_date,
        {{ date_add_days('usage_events.event_date', '2 * halves.half_days') }} as before_until_date,
        {{ use_block('usage_events.event_date', 'usage_events.known_date', 'halves.half_days') }}
            as use_block
    from {{ ref('int_canonical__usage_events') }} as usage_events
    cross join halves
    where
        usage_events.event_count > 0
        and usage_events.user_id is not null
        and usage_events.event_at >= {{ lookback_from_instant('expansion_readiness') }}
        and {{ in_bucket('usage_events.account_id') }}
),

recent_intervals as (
    select
        account_id,
        user_id,
        min(from_date) as from_date,
        max(until_date) as until_date
    from uses
    group by account_id, user_id, use_block
),

before_intervals as (
    select
        account_id,
        user_id,
        min(before_from_date) as from_date,
        max(before_until_date) as until_date
    from uses
    group by account_id, user_id, use_block
),

recent as (
    {{ merged_intervals('recent_intervals', ['user_id']) }}
),

before as (
    {{ merged_intervals('before_intervals', ['user_id']) }}
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        key_count as recent_count,
        0 as before_count
    from recent
    union all
    select
        account_id,
        from_date,
        until_date,
        0 as recent_count,
        key_count as before_count
    from before
),

totals as (
    {{ interval_totals('spine', 'intervals', ['recent_count', 'before_count']) }}
),

-- Users who came where there were none are a rise; none at all, and none before, say nothing.
activity as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when
                account_starts.known_from_date is null or account_starts.known_from_date > totals.as_of_date
                or totals.recent_count + totals.before_count = 0
                then cast(null as {{ dbt.type_float() }})
            when totals.recent_count > cuts.rising_threshold * totals.before_count then cuts.rising_value
            when totals.recent_count < cuts.falling_threshold * totals.before_count then cuts.falling_value
            else cuts.steady_value
        end as signal_value,
        true as is_leak_proof
    from totals
    {{ cuts_on_day('totals') }}
    left join account_starts
        on totals.account_id = account_starts.account_id
),

{{ mean_of_signals(['license_utilization', 'feature_adoption'], ['activity']) }}
