{# True for the rows of a history table that belong to the key's present value; for all rows without a key. #}
{% macro history_of_key(history_key, key_value) -%}
    {%- if history_key -%}
        cast({{ history_key }} as {{ dbt.type_string() }}) = '{{ key_value }}'
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
