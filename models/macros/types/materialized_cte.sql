{#
    Stands between `as` and the parenthesis of a CTE that is to be computed once, as it is written. DuckDB otherwise merges
    a chain of CTEs into one plan, and for a long chain of window functions its optimizer then takes minutes (1.5.5:
    some nine times as long for each round of int_revenue__successions). BigQuery has no such word and no such trouble.
#}
{% macro materialized_cte() -%}
    {{- adapter.dispatch('materialized_cte')() -}}
{%- endmacro %}

{% macro default__materialized_cte() -%}
    materialized
{%- endmacro %}

{% macro bigquery__materialized_cte() -%}
{%- endmacro %}
