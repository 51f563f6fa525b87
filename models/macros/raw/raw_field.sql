{#
    The value of one column that `raw_rows` was asked for, as one source has it.

    landed: lower-case name -> name of the columns of the raw table
    source: the name of the source, whose mapping of the field counts
    column: (column, type) or (column, type, field)
    types: name -> logical type of the columns of the raw table
#}
{% macro raw_field(landed, source, column, types) -%}
    {%- set field = column[2] if column | length > 2 else none -%}
    {%- set mapped = var('source_fields').get(source, {}).get(field) if field else none -%}
    {%- set path = (mapped or column[0]).split('.') -%}
    {#- HubSpot's connector puts `properties_` before each property -#}
    {%- set name = landed.get(path[0] | lower) or landed.get('properties_' ~ path[0] | lower) -%}
    {%- if name is none or path | length == 1 -%}
        {{ raw_value(name, column[1], types.get(name)) }}
    {%- elif column[1] == 'string' -%}
        {{ json_field(adapter.quote(name), path[1:]) }}
    {%- else -%}
        {{ dbt.safe_cast(json_field(adapter.quote(name), path[1:]), column_type(column[1])) }}
    {%- endif -%}
{%- endmacro %}

{#
    One raw column brought to a logical type; null of that type when the table lacks it (`name` is none). `held_type` is
    the type that it has, where that is known.
#}
{% macro raw_value(name, type, held_type=none) -%}
    {%- if name is none -%}
        cast(null as {{ column_type(type) }})
    {%- elif type == 'json' -%}
        {{ adapter.quote(name) }}
    {%- elif type == 'timestamp' and held_type == 'timestamp' -%}
        {{ raw_instant(adapter.quote(name)) }}
    {%- elif type == 'string' -%}
        cast({{ adapter.quote(name) }} as {{ column_type(type) }})
    {%- else -%}
        {{ dbt.safe_cast(adapter.quote(name), column_type(type)) }}
    {%- endif -%}
{%- endmacro %}

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

{# What `raw_rows` calls a column: its own name, or that of the field when it is a part of a JSON column. #}
{% macro raw_name(column) %}
    {% do return(column[2] if '.' in column[0] else column[0]) %}
{% endmacro %}
