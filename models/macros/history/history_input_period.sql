{#
    The period under which inputs of a day are compared between runs: the day, for the last two to three months, and the
    first of the month for what is older. What comes later than that reopens its month.
#}
{% macro history_input_period(day) -%}
    case
        when {{ day }} >= {{ history_days_from() }} then {{ day }}
        else cast({{ dbt.date_trunc('month', day) }} as date)
    end
{%- endmacro %}

{# The first day that is compared on its own. #}
{% macro history_days_from() -%}
    cast({{ dbt.date_trunc('month', date_add_months(as_of_date(), '-2')) }} as date)
{%- endmacro %}
