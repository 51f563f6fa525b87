{# The first day of history, as a SQL date. #}
{% macro history_start_date() -%}
    cast('{{ var("history_start_date") }}' as date)
{%- endmacro %}
