{# Columns of a relation as one JSON object, as text. #}
{% macro row_json(relation, columns) -%}
    {{- adapter.dispatch('row_json')(relation, columns) -}}
{%- endmacro %}

{% macro default__row_json(relation, columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}{{ column }} := {{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    )) as varchar)
{%- endmacro %}

{% macro bigquery__row_json(relation, columns) -%}
    to_json_string(struct(
        {%- for column in columns %}{{ relation }}.{{ column }} as {{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    ))
{%- endmacro %}
