{# Hours from one instant to another, with fractions (double). #}
{% macro hours_between(from_at, to_at) -%}
    ({{ seconds_between(from_at, to_at) }} / 3600.0)
{%- endmacro %}
