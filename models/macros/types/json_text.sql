{# The text at a path of a JSON column, null when it is not there: json_text('customer', '$.metadata.account_id'). #}
{% macro json_text(column, path) -%}
    {{- adapter.dispatch('json_text')(column, path) -}}
{%- endmacro %}

{% macro default__json_text(column, path) -%}
    json_extract_string({{ column }}, '{{ path }}')
{%- endmacro %}

{% macro bigquery__json_text(column, path) -%}
    json_value({{ column }}, '{{ path }}')
{%- endmacro %}
