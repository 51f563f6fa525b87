{# Seconds from one instant to another, with fractions (double). #}
{% macro seconds_between(from_at, to_at) -%}
    {{- adapter.dispatch('seconds_between')(from_at, to_at) -}}
{%- endmacro %}

{% macro default__seconds_between(from_at, to_at) -%}
    (date_diff('microsecond', {{ from_at }}, {{ to_at }}) / 1000000.0)
{%- endmacro %}

{% macro bigquery__seconds_between(from_at, to_at) -%}
    (timestamp_diff({{ to_at }}, {{ from_at }}, microsecond) / 1000000.0)
{%- endmacro %}
