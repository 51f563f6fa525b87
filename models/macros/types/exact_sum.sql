{#
    The sum of a column of doubles under 10,000 as whole ten-billionths: the same in whatever order the rows come, where
    a sum of doubles differs in its last digits from run to run.
#}
{% macro exact_sum(column) -%}
    cast(sum(cast(round(({{ column }}) * 10000000000) as {{ dbt.type_bigint() }})) as {{ dbt.type_float() }})
    / 10000000000
{%- endmacro %}
