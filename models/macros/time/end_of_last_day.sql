{#
    The day on which a term ends whose last day a vendor gives: the day after it. The last days that a warehouse has, which
    stand for "no end", stay what they are: a day more would be no date.
#}
{% macro end_of_last_day(last_day) -%}
    {{ date_add_days("least(" ~ last_day ~ ", cast('9999-12-30' as date))", 1) }}
{%- endmacro %}
