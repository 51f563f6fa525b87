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
