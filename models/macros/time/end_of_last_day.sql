{#
    The day on which a term ends whose last day a vendor gives: the day after it. The last day that a warehouse has, which
    stands for "no end", stays what it is: a day more would be no date. Null for null.
#}
{% macro end_of_last_day(last_day) -%}
    case
        when {{ last_day }} < cast('9999-12-31' as date) then {{ date_add_days(last_day, 1) }}
        else {{ last_day }}
    end
{%- endmacro %}
