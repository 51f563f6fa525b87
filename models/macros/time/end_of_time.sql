{# The day after all others: the `known_until_date` of a version still in force, and "never". #}
{% macro end_of_time() -%}
    cast('9999-12-31' as date)
{%- endmacro %}
