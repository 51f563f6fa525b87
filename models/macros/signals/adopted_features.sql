{#
    A signal from the share of an account's features that it used in the last `lookback_days`; the measure is that in percent.
    Its features are those licensed on the day; where nobody has a list of these (macro adopts_by_segment), those that its
    segment uses on the day, which the cut `segment_share` says. Null where no usage source knows the account, or it has
    no such feature.

    signal: the signal whose cuts hold
#}
{% macro adopted_features(signal) %}
-- depends_on: {{ ref('int_canonical__licensed_features') }}, {{ ref('int_usage__segment_features') }}
-- depends_on: {{ ref('int_accounts__account_spans') }}
{{ adopted_segment_features(signal) if adopts_by_segment() else adopted_licensed_features(signal) }}
{% endmacro %}

{% macro adopted_licensed_features(signal) %}
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

{{ use_intervals(signal, 'feature') }}

used_while_licensed as (
    select
        licences.account_id,
        licences.feature,
        greatest(licences.from_date, use_intervals.from_date) as from_date,
        least(licences.until_date, use_intervals.until_date) as until_date
    from licences
    inner join use_intervals
        on
            licences.account_id = use_intervals.account_id
            and licences.feature = use_intervals.feature
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

{% macro adopted_segment_features(signal) %}
with

spine as (
    {{ signal_spine(['segment']) }}
),

cuts as (
    {{ signal_cuts(signal, days=['lookback_days']) }}
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

segment_features as (
    select
        segment,
        feature,
        as_of_date,
        {{ days_between(beginning_of_time(), 'as_of_date') }}
        - row_number() over (partition by segment, feature order by as_of_date) as run_number
    from {{ ref('int_usage__segment_features') }}
    where
        signal = '{{ signal }}'
        and feature is not null
        and as_of_date >= {{ history_from_date() }}
        and as_of_date <= {{ as_of_date() }}
),

segment_sizes as (
    select
        segment,
        as_of_date,
        count(*) as feature_count
    from segment_features
    group by segment, as_of_date
),

-- days on end on which the feature was the segment's
segment_runs as (
    select
        segment,
        feature,
        min(as_of_date) as from_date,
        {{ date_add_days('max(as_of_date)', 1) }} as until_date
    from segment_features
    group by segment, feature, run_number
),

spans as (
    select * from {{ ref('int_accounts__account_spans') }}
    where {{ in_bucket('account_id') }}
),

{{ use_intervals(signal, 'feature') }}

used_of_segment as (
    select
        spans.account_id,
        use_intervals.feature,
        greatest(spans.from_date, segment_runs.from_date, use_intervals.from_date) as from_date,
        least(spans.until_date, segment_runs.until_date, use_intervals.until_date) as until_date
    from use_intervals
    inner join segment_runs
        on
            use_intervals.feature = segment_runs.feature
            and use_intervals.from_date < segment_runs.until_date
            and use_intervals.until_date > segment_runs.from_date
    inner join spans
        on
            use_intervals.account_id = spans.account_id
            and segment_runs.segment = spans.segment
            and spans.from_date < segment_runs.until_date
            and spans.until_date > segment_runs.from_date
),

used as (
    {{ merged_intervals('used_of_segment', ['feature']) }}
),

totals as (
    {{ interval_totals('spine', 'used', ['key_count']) }}
),

measured as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when account_starts.known_from_date <= totals.as_of_date
                then 100.0 * totals.key_count / segment_sizes.feature_count
        end as used_pct
    from totals
    inner join spine
        on totals.account_id = spine.account_id and totals.as_of_date = spine.as_of_date
    left join segment_sizes
        on spine.segment = segment_sizes.segment and totals.as_of_date = segment_sizes.as_of_date
    left join account_starts
        on totals.account_id = account_starts.account_id
),

final as (
    select
        measured.account_id,
        measured.as_of_date,
        cast(measured.used_pct as {{ dbt.type_float() }}) as measure,
        cast(case when measured.used_pct is not null then 'segment_share' end as {{ dbt.type_string() }}) as cut,
        cast(measured.used_pct as {{ dbt.type_float() }}) as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from measured
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
{% endmacro %}
