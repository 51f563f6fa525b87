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
