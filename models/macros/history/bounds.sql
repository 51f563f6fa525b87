{#
    The first day that this run computes, as a SQL date: where spine.as_of_date >= {{ history_from_date() }}.
    As compiled it is the first day of history; the `history` materialization moves it to the day after the last one
    built (or to `as_of_date` itself, when that day is built again).
#}
{% macro history_from_date() -%}
    cast({{ history_mark_from_date() }} as date)
{%- endmacro %}

{# The text of `history_from_date`, as compiled. `history_narrow` finds it by its comment. #}
{% macro history_mark_from_date() -%}
    '{{ var("history_start_date") }}' /* first day to compute */
{%- endmacro %}

{#
    The last day before the lookback of a signal, or of the `score` itself (score_rules), or how long a value may be frozen (`frozen_days`), counted from the first day that this run computes, as a constant SQL date,
    by which a warehouse finds what it need not read: where tickets.event_date > {{ lookback_from_date('ticket_trend') }}.
    An earlier event changes nothing, so that as compiled (and in unit tests) the day is the beginning of time; the
    `history` materialization puts the seed's `lookback_days` in.
#}
{% macro lookback_from_date(signal) -%}
    cast({{ history_mark_lookback(signal) }} as date)
{%- endmacro %}

{#
    The same for an instant, where only the instant is a column as stored: no later than the first instant of the lookback,
    in whatever time zone.
#}
{% macro lookback_from_instant(signal) -%}
    cast({{ history_mark_lookback(signal) }} as {{ dbt.type_timestamp() }})
{%- endmacro %}

{# The text of the two above, as compiled. `history_narrow` finds it by its comment. #}
{% macro history_mark_lookback(signal) -%}
    '1900-01-01' /* lookback of {{ signal }} */
{%- endmacro %}

{# The days of the lookback of each signal, or of the score, that the SQL looks back for. #}
{% macro history_lookbacks(sql) %}
    {% set lookbacks = {} %}
    {% if history_mark_lookback('score') in sql %}
        {% set seed %}
            select 'score' as signal, cast(max(value) as {{ dbt.type_int() }}) as days
            from {{ ref('score_rules') }}
            where rule in ('short_change_days', 'medium_change_days', 'long_change_days', 'line_days')
        {% endset %}
    {% elif history_mark_lookback('frozen_days') in sql %}
        {% set seed %}
            select rule as signal, cast(value as {{ dbt.type_int() }}) as days
            from {{ ref('score_rules') }}
            where rule = 'frozen_days'
        {% endset %}
    {% elif '/* lookback of ' in sql %}
        {% set seed %}
            select signal, cast(threshold as {{ dbt.type_int() }}) as days
            from {{ ref('signal_cuts') }}
            where cut = 'lookback_days'
        {% endset %}
    {% endif %}
    {% for signal, days in (run_query(seed).rows if seed else []) if history_mark_lookback(signal) in sql %}
        {% do lookbacks.update({signal: days | int}) %}
    {% endfor %}
    {% do return(lookbacks) %}
{% endmacro %}
