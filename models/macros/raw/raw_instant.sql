{#
    A raw column that holds instants. DuckDB's may be with or without a zone; BigQuery's are of one type, and only a column
    as it is stored lets it leave out the partitions of other months.
#}
{% macro raw_instant(column) -%}
    {{- adapter.dispatch('raw_instant')(column) -}}
{%- endmacro %}

{% macro default__raw_instant(column) -%}
    {{- dbt.safe_cast(column, column_type('timestamp')) -}}
{%- endmacro %}

{% macro bigquery__raw_instant(column) -%}
    {{- column -}}
{%- endmacro %}
