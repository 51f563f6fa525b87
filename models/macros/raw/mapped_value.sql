{#
    A source's own word of a closed vocabulary (macro vocabulary), as tenure.yaml maps it for the row's source
    (`values: {task_status: {On Hold: in_progress}}`), else as it is; in lower case, with `_` for spaces and hyphens. Null
    when there is none.
#}
{% macro mapped_value(field, column) -%}
    {%- set word = spelled(column) -%}
    {%- set mapped = [] -%}
    {%- for source, fields in var('source_values').items() if fields.get(field) -%}
        {%- do mapped.append((source, fields[field])) -%}
    {%- endfor -%}
    {%- if mapped -%}
    case
        {%- for source, words in mapped %}
        {%- for given, meant in words.items() %}
        when source_name = '{{ source }}' and {{ word }} = '{{ dbt.escape_single_quotes(given) }}' then '{{ meant }}'
        {%- endfor %}
        {%- endfor %}
        else {{ word }}
    end
    {%- else -%}
    {{ word }}
    {%- endif -%}
{%- endmacro %}

{# A word of a vocabulary in one spelling: lower case, `_` for spaces and hyphens. #}
{% macro spelled(column) -%}
    replace(replace(lower({{ clean_text(column) }}), ' ', '_'), '-', '_')
{%- endmacro %}
