{# The last day of the month of a date. #}
{% macro month_end(day) -%}
    {{- adapter.dispatch('month_end')(day) -}}
{%- endmacro %}

{% macro default__month_end(day) -%}
    last_day({{ day }})
{%- endmacro %}

{% macro bigquery__month_end(day) -%}
    last_day({{ day }}, month)
{%- endmacro %}
