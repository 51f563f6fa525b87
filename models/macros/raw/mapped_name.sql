{# What a field is called in the row's source, as a text: the name that tenure.yaml maps it to, else the one given. #}
{% macro mapped_name(field, name) -%}
    {%- set mapped = [] -%}
    {%- for source, fields in var('source_fields').items() if field in fields -%}
        {%- do mapped.append((source, fields[field])) -%}
    {%- endfor -%}
    {%- if mapped -%}
    case source_name
        {%- for source, column in mapped %}
        when '{{ source }}' then '{{ column }}'
        {%- endfor %}
        else '{{ name }}'
    end
    {%- else -%}
    '{{ name }}'
    {%- endif -%}
{%- endmacro %}
