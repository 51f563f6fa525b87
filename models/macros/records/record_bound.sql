{# One day of the seed record_rules as a constant, by which a warehouse finds what it need not read. #}
{% macro record_bound(rule) -%}
    {%- set value = seed_constant('record_rules', 'value', "rule = '" ~ rule ~ "'") | string | trim -%}
    cast({{ value if value.startswith('(') else "'" ~ value ~ "'" }} as date)
{%- endmacro %}
