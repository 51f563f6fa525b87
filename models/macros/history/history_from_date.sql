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
