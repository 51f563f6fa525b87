{# Ends a `select` of constants that yields no row. BigQuery wants a `from` before a `where`. #}
{% macro no_rows() -%}
    from (select 1 as one) as one_row where false
{%- endmacro %}
