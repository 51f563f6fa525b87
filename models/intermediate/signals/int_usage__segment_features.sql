-- One row per adoption signal, segment, day and feature that the segment uses, with the customers who used it within
-- the signal's window, as it was known on the day; and one without a feature, with the customers who used any. A
-- feature is one of the segment when at least segment_share percent of these used it, and there are at least
-- segment_accounts of them. No rows where accounts have a list of what they licensed.
-- depends_on: {{ ref('int_canonical__licensed_features') }}, {{ ref('int_accounts__account_spans') }}
-- depends_on: {{ ref('int_canonical__usage_events') }}, {{ ref('int_signals__cuts_version') }}
-- depends_on: {{ ref('int_usage__account_starts') }}, {{ ref('int_history__reopenings') }}, {{ ref('signal_cuts') }}
{%- set built = relation_there('int_history__built_segment_features') %}
{%- set signals = adoption_signals() if adopts_by_segment() else [] %}
{%- set from_date = "cast('" ~ (segment_features_from() if signals else as_of_day()) ~ "' as date)" %}
with

{% if not signals -%}
final as (
    select
        cast(null as {{ dbt.type_string() }}) as signal,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as date) as as_of_date,
        cast(null as {{ dbt.type_string() }}) as feature,
        cast(null as {{ dbt.type_bigint() }}) as customer_count,
        cast(null as {{ dbt.type_string() }}) as cuts_hash
    {{ no_rows() }}
)
{%- else -%}
cuts as (
    {%- for signal in signals %}
    select
        '{{ signal }}' as signal,
        cast(max(case when cut = 'lookback_days' then threshold end) as {{ dbt.type_int() }}) as lookback_days,
        max(case when cut = 'segment_share' then threshold end) as segment_share,
        max(case when cut = 'segment_accounts' then threshold end) as segment_accounts
    from {{ ref('signal_cuts') }}
    where signal = '{{ signal }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

spans as (
    select * from {{ ref('int_accounts__account_spans') }}
    where until_date > {{ from_date }} and from_date <= {{ as_of_date() }}
),

feature_uses as (
    select
        cuts.signal,
        usage_events.account_id,
        usage_events.feature,
        min(greatest(usage_events.event_date, usage_events.known_date)) as from_date,
        max({{ date_add_days('usage_events.event_date', 'cuts.lookback_days') }}) as until_date
    from {{ ref('int_canonical__usage_events') }} as usage_events
    cross join cuts
    where
        usage_events.event_count > 0
        and usage_events.feature is not null
        and usage_events.account_id is not null
        and usage_events.event_at >= cast({{ segment_features_lookback(from_date) }} as {{ dbt.type_timestamp() }})
    group by
        cuts.signal,
        usage_events.account_id,
        usage_events.feature,
        {{ use_block('usage_events.event_date', 'usage_events.known_date', 'cuts.lookback_days') }}
),

-- the account as a whole goes on as one without a feature
uses as (
    select * from feature_uses
    union all
    select
        signal,
        account_id,
        cast(null as {{ dbt.type_string() }}) as feature,
        from_date,
        until_date
    from feature_uses
),

covered as (
    select
        uses.*,
        max(until_date) over (
            partition by signal, account_id, feature
            order by from_date, until_date
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from uses
    where from_date < until_date
),

numbered as (
    select
        covered.*,
        sum(case when covered_until_date is null or from_date > covered_until_date then 1 else 0 end) over (
            partition by signal, account_id, feature
            order by from_date, until_date
            rows between unbounded preceding and current row
        ) as use_number
    from covered
),

account_uses as (
    select
        signal,
        account_id,
        feature,
        min(from_date) as from_date,
        max(until_date) as until_date
    from numbered
    group by signal, account_id, feature, use_number
),

in_segment as (
    select
        account_uses.signal,
        spans.segment,
        account_uses.feature,
        greatest(account_uses.from_date, spans.from_date, {{ from_date }}) as from_date,
        least(account_uses.until_date, spans.until_date) as until_date
    from account_uses
    inner join spans
        on
            account_uses.account_id = spans.account_id
            and account_uses.from_date < spans.until_date
            and account_uses.until_date > spans.from_date
),

edges as (
    select
        signal,
        segment,
        feature,
        from_date as edge_date,
        1 as change
    from in_segment
    where from_date < until_date and from_date <= {{ as_of_date() }}
    union all
    select
        signal,
        segment,
        feature,
        until_date as edge_date,
        -1 as change
    from in_segment
    where from_date < until_date and until_date <= {{ as_of_date() }}
),

changes as (
    select
        signal,
        segment,
        feature,
        edge_date,
        sum(change) as change
    from edges
    group by signal, segment, feature, edge_date
),

levels as (
    select
        signal,
        segment,
        feature,
        edge_date,
        sum(change) over (
            partition by signal, segment, feature
            order by edge_date
            rows between unbounded preceding and current row
        ) as customer_count,
        lead(edge_date) over (partition by signal, segment, feature order by edge_date) as next_edge_date
    from changes
),

-- a feature that fewer use than the least that make a segment's needs no day
counted as (
    select levels.*
    from levels
    inner join cuts
        on levels.signal = cuts.signal
    where levels.feature is null or 100.0 * levels.customer_count >= cuts.segment_share * cuts.segment_accounts
),

daily as (
    select
        counted.signal,
        counted.segment,
        days.as_of_date,
        counted.feature,
        counted.customer_count
    from counted
    cross join {{ date_series(
        'counted.edge_date',
        'coalesce(' ~ date_add_days('counted.next_edge_date', -1) ~ ', ' ~ as_of_date() ~ ')',
    ) }} as days
),

segment_days as (
    select * from daily
    where feature is null
),

final as (
    select
        daily.signal,
        daily.segment,
        daily.as_of_date,
        daily.feature,
        cast(daily.customer_count as {{ dbt.type_bigint() }}) as customer_count,
        cuts_version.cuts_hash
    from daily
    inner join cuts
        on daily.signal = cuts.signal
    inner join segment_days
        on
            daily.signal = segment_days.signal
            and daily.segment = segment_days.segment
            and daily.as_of_date = segment_days.as_of_date
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
    where
        daily.feature is null
        or (
            segment_days.customer_count >= cuts.segment_accounts
            and 100.0 * daily.customer_count >= cuts.segment_share * segment_days.customer_count
        )
    {%- if built is not none and not flags.FULL_REFRESH %}
    union all
    select
        signal,
        segment,
        as_of_date,
        feature,
        customer_count,
        cuts_hash
    from {{ built }}
    where
        (as_of_date < {{ from_date }} or as_of_date > {{ as_of_date() }})
        and cuts_hash = (select cuts_version.cuts_hash from {{ ref('int_signals__cuts_version') }} as cuts_version)
    {%- endif %}
)
{%- endif %}

select * from final
