{# DuckDB's `float` has 32 bits; ours are doubles, as BigQuery's are. `dbt.type_float` finds this one first. #}
{% macro duckdb__type_float() -%}
    double
{%- endmacro %}
