{# The day whose knowledge this run may use, as a SQL date. #}
{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}
