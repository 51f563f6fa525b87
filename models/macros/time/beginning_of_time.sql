{# The day before all others: the `known_date` of a version that stands for all earlier days. #}
{% macro beginning_of_time() -%}
    cast('1900-01-01' as date)
{%- endmacro %}
