{#
    A signal from the share of the features licensed on the day that were used in the last `lookback_days`; the measure is that
    in percent. Null where no usage source knows the account, or no feature is licensed.

    signal: the signal whose cuts hold
#}
{% macro adopted_features(signal) %}
with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts(signal, days=['lookback_days']) }}
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

-- `valid_from` dates a licence that has no date of its own.
licences as (
    select
        account_id,
        feature,
        greatest(known_date, coalesce(valid_from, known_date)) as from_date,
        least(known_until_date, coalesce(valid_to, known_until_date)) as until_date,
        case
            when known_at is null then coalesce(valid_from, dated_from_date)
            else dated_from_date
        end as dated_from_date
    from {{ ref('int_canonical__licensed_features') }}
    where {{ in_bucket('account_id') }}
),

licensed as (
    {{ merged_intervals('licences', ['feature']) }}
),

uses as (
    select
        usage_events.account_id,
        usage_events.feature,
        greatest(usage_events.event_date, usage_events.known_date) as from_date,
        {{ date_add_days('usage_events.event_date', 'cuts.lookback_days') }} as until_date,
        {{ use_block('usage_events.event_date', 'usage_events.known_date', 'cuts.lookback_days') }}
            as use_block
    from {{ ref('int_canonical__usage_events') }} as usage_events
    cross join cuts
    where
        usage_events.event_count > 0
        and usage_events.feature is not null
        and usage_events.event_at >= {{ lookback_from_instant(signal) }}
        and {{ in_bucket('usage_events.account_id') }}
),

feature_intervals as (
    select
        account_id,
        feature,
        min(from_date) as from_date,
        max(until_date) as until_date
    from uses
    group by account_id, feature, use_block
),

used_while_licensed as (
    select
        licences.account_id,
        licences.feature,
        greatest(licences.from_date, feature_intervals.from_date) as from_date,
        least(licences.until_date, feature_intervals.until_date) as until_date
    from licences
    inner join feature_intervals
        on
            licences.account_id = feature_intervals.account_id
            and licences.feature = feature_intervals.feature
),

used as (
    {{ merged_intervals('used_while_licensed', ['feature']) }}
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        key_count as licensed_count,
        0 as used_count,
        0 as undated_count
    from licensed
    union all
    select
        account_id,
        from_date,
        until_date,
        0 as licensed_count,
        key_count as used_count,
        0 as undated_count
    from used
    union all
    select
        account_id,
        from_date,
        least(until_date, dated_from_date) as until_date,
        0 as licensed_count,
        0 as used_count,
        1 as undated_count
    from licences
),

totals as (
    {{ interval_totals('spine', 'intervals', ['licensed_count', 'used_count', 'undated_count']) }}
),

measured as (
    select
        totals.account_id,
        totals.as_of_date,
        totals.undated_count,
        case
            when account_starts.known_from_date <= totals.as_of_date and totals.licensed_count > 0
                then 100.0 * totals.used_count / totals.licensed_count
        end as used_pct
    from totals
    left join account_starts
        on totals.account_id = account_starts.account_id
),

final as (
    select
        measured.account_id,
        measured.as_of_date,
        cast(measured.used_pct as {{ dbt.type_float() }}) as measure,
        cast(null as {{ dbt.type_string() }}) as cut,
        cast(measured.used_pct as {{ dbt.type_float() }}) as signal_value,
        measured.undated_count = 0 as is_leak_proof,
        cuts_version.cuts_hash
    from measured
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
{% endmacro %}
