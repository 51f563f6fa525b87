{# An instant moved by whole hours (an expression). #}
{% macro timestamp_add_hours(instant, hours) -%}
    {{- adapter.dispatch('timestamp_add_hours')(instant, hours) -}}
{%- endmacro %}

{% macro default__timestamp_add_hours(instant, hours) -%}
    ({{ instant }} + to_hours({{ hours }}))
{%- endmacro %}

{% macro bigquery__timestamp_add_hours(instant, hours) -%}
    timestamp_add({{ instant }}, interval {{ hours }} hour)
{%- endmacro %}
