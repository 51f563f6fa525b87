-- One row: the hash of all cuts of signals, and of the SQL of those of the company's project. Signals are kept by it,
-- so that a changed cut gives each day a new value. The cuts of signals that are there to be chosen (preset `optional`)
-- count once somebody does: another one of the product changes nobody's history. So do those by which the features of a
-- segment are found: where accounts have a list of what they licensed, none is asked.
-- depends_on: {{ ref('int_canonical__licensed_features') }}
{%- set used = "'" ~ signals_used() | join("', '") ~ "'" %}
with

optional_signals as (
    select signal from {{ ref('signal_definitions') }}
    where preset = 'optional'
),

asked_cuts as (
    select * from {{ ref('signal_cuts') }}
    {%- if not adopts_by_segment() %}
    where cut not in ('segment_share', 'segment_accounts')
    {%- endif %}
),

cuts as (
    select
        signal,
        cut,
        segment,
        case
            when segment is null
                then {{ surrogate_key(['signal', 'cut', micros('threshold'), micros('signal_value')]) }}
            else
                {{ surrogate_key(['signal', 'cut', 'segment', micros('threshold'), micros('signal_value')]) }}
        end as cut_key
    from asked_cuts
    where
        signal in ({{ used }})
        or signal not in (select optional_signals.signal from optional_signals)
    {%- for signal, sql_hash in own_signals().items() %}
    union all
    select
        '{{ signal }}' as signal,
        'sql' as cut,
        cast(null as {{ dbt.type_string() }}) as segment,
        '{{ sql_hash }}' as cut_key
    {%- endfor %}
),

final as (
    select {{ dbt.hash("string_agg(cut_key, ',' order by signal, cut, coalesce(segment, ''))") }} as cuts_hash
    from cuts
)

select * from final
