{# Ends a `select` of constants that yields no row. BigQuery wants a `from` before a `where`. #}
{% macro no_rows() -%}
    from (select 1 as nothing) as nothing where false
{%- endmacro %}
