{#
    One row with the cuts of a signal: <cut>_threshold and <cut>_value of each cut named, and each of the days (cuts that
    end in _days) as a whole number. Where segments have cuts of their own, a second CTE `segment_cuts` follows, a row for
    each of these segments and one for all others (`segment` empty), which `cuts_on_day` joins.

    cuts as ({{ signal_cuts('login_frequency', cuts=['high', 'low'], days=['lookback_days']) }})
#}
{% macro signal_cuts(signal, cuts=[], days=[]) %}
    {{- cuts_of_segment(signal, cuts, days) }}
    {%- for segment in [none] + var('cut_segments') if var('cut_segments') %}
    {%- if loop.first %}
),

segment_cuts as (
    {%- else %}
    union all
    {%- endif %}
    {{- cuts_of_segment(signal, cuts, days, segment) }}
    {%- endfor %}
{%- endmacro %}

{# The row of `signal_cuts` for a segment; a cut of which it has none of its own is that of all. #}
{% macro cuts_of_segment(signal, cuts, days, segment=none) %}
    select
        {%- for cut in cuts %}
        {{ cut_of_segment(cut, 'threshold', segment) }} as {{ cut }}_threshold,
        {{ cut_of_segment(cut, 'signal_value', segment) }} as {{ cut }}_value,
        {%- endfor %}
        {%- for cut in days %}
        cast({{ cut_of_segment(cut, 'threshold') }} as {{ dbt.type_int() }}) as {{ cut }},
        {%- endfor %}
        {{ segment_literal(segment or '') }} as segment,
        max(signal) as signal
    from {{ ref('signal_cuts') }}
    where signal = '{{ signal }}'
{%- endmacro %}

{% macro segment_literal(segment) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(segment)) }}
{%- endmacro %}

{% macro cut_of_segment(cut, column, segment=none) -%}
    {%- set of_all = "max(case when cut = '" ~ cut ~ "' and segment is null then " ~ column ~ " end)" -%}
    {%- if segment -%}
    coalesce(max(case when cut = '{{ cut }}' and segment = {{ segment_literal(segment) }} then {{ column }} end), {{ of_all }})
    {%- else -%}
    {{ of_all }}
    {%- endif -%}
{%- endmacro %}

{#
    Joins to rows of one account and day, as `cuts`, the cuts of the segment that the account is in on that day, beside the
    CTE of signal_cuts.

    rows: the name of the relation, with account_id and as_of_date
#}
{% macro cuts_on_day(rows) -%}
    {%- if not var('cut_segments') -%}
    cross join cuts
    {%- else -%}
    inner join (
        {{- signal_spine(['segment']) }}
    ) as segment_days
        on
            {{ rows }}.account_id = segment_days.account_id
            and {{ rows }}.as_of_date = segment_days.as_of_date
    inner join segment_cuts as cuts
        on
            case
                {%- for segment in var('cut_segments') %}
                when segment_days.segment = {{ segment_literal(segment) }} then segment_days.segment
                {%- endfor %}
                else ''
            end = cuts.segment
    {%- endif -%}
{%- endmacro %}

{#
    The value that a signal has by the cut that applied, null without one: {{ cut_value('cut', ['high', 'low']) }}, beside a
    CTE `cuts` of signal_cuts with these cuts.

    cut: an expression, the name of the seed row that applied
    cuts: the names that it may have
#}
{% macro cut_value(cut, cuts) -%}
    case {{ cut }}
        {%- for name in cuts %}
        when '{{ name }}' then cuts.{{ name }}_value
        {%- endfor %}
    end
{%- endmacro %}

{#
    The end of a signal whose value is that of the cut that applied: of each account and day of the CTE `cut_days`, which has
    its `cut`, the measure and the value, beside the CTE of signal_cuts.

    measure: an expression over cut_days; null where there is none
    cuts: the names that the cut may have
    is_leak_proof: an expression over cut_days
#}
{% macro signal_by_cut(measure, cuts, is_leak_proof='true') -%}
final as (
    select
        cut_days.account_id,
        cut_days.as_of_date,
        cast({{ measure }} as {{ dbt.type_float() }}) as measure,
        cut_days.cut,
        {{ cut_value('cut_days.cut', cuts) }} as signal_value,
        {{ is_leak_proof }} as is_leak_proof,
        cuts_version.cuts_hash
    from cut_days
    {{ cuts_on_day('cut_days') }}
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
{%- endmacro %}
