{# A number of a seed as whole millionths, to be hashed: its text is the same in each warehouse. #}
{% macro micros(column) -%}
    cast(round({{ column }} * 1000000) as {{ dbt.type_bigint() }})
{%- endmacro %}
