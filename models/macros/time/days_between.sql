{# Whole days from one date to another, negative when the second is earlier. #}
{% macro days_between(from_date, to_date) -%}
    {{- adapter.dispatch('days_between')(from_date, to_date) -}}
{%- endmacro %}

{% macro default__days_between(from_date, to_date) -%}
    date_diff('day', {{ from_date }}, {{ to_date }})
{%- endmacro %}

{% macro bigquery__days_between(from_date, to_date) -%}
    date_diff({{ to_date }}, {{ from_date }}, day)
{%- endmacro %}
