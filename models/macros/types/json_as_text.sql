{# A JSON column as its text; null, or the text `null`, when there is none. #}
{% macro json_as_text(column) -%}
    {{- adapter.dispatch('json_as_text')(column) -}}
{%- endmacro %}

{% macro default__json_as_text(column) -%}
    cast({{ column }} as varchar)
{%- endmacro %}

{% macro bigquery__json_as_text(column) -%}
    to_json_string({{ column }})
{%- endmacro %}
