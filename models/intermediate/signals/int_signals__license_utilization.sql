-- One row per account and day: the distinct users of the last 30 days (lookback_days) against the seats in force.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
) }}

with

spine as (
    {{ signal_spine(['seats', 'is_leak_proof']) }}
),

cuts as (
    {{ signal_cuts('license_utilization', ['full'], ['lookback_days']) }}
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

{{ use_intervals('license_utilization', 'user_id') }}

intervals as (
    {{ merged_intervals('use_intervals', ['user_id']) }}
),

totals as (
    {{ interval_totals('spine', 'intervals', ['key_count']) }}
),

measured as (
    select
        spine.account_id,
        spine.as_of_date,
        spine.is_leak_proof,
        case
            when account_starts.known_from_date <= spine.as_of_date and spine.seats > 0
                then 100.0 * totals.key_count / cast(spine.seats as {{ dbt.type_float() }})
        end as used_pct
    from spine
    inner join totals
        on spine.account_id = totals.account_id and spine.as_of_date = totals.as_of_date
    left join account_starts
        on spine.account_id = account_starts.account_id
),

final as (
    select
        measured.account_id,
        measured.as_of_date,
        measured.used_pct as measure,
        case when measured.used_pct is not null then 'full' end as cut,
        case
            when measured.used_pct >= cuts.full_threshold then cuts.full_value
            else measured.used_pct / cuts.full_threshold * cuts.full_value
        end as signal_value,
        measured.is_leak_proof,
        cuts_version.cuts_hash
    from measured
    {{ cuts_on_day('measured') }}
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
