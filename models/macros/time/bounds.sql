{# The day whose knowledge this run may use, as a SQL date. #}
{% macro as_of_date() -%}
    cast('{{ as_of_day() }}' as date)
{%- endmacro %}

{#
    The same as an ISO date: the var as_of_date, else the environment's TENURE_AS_OF_DATE, in which `tenure` gives it,
    because dbt parses all models anew when a var changes, which takes longer than a day's models. It has no default: a
    run must name its day.
#}
{% macro as_of_day() %}
    {% if not execute %}
        {% do return(var('as_of_date', '1900-01-01') | string) %}
    {% endif %}
    {% set day = var('as_of_date', none) or env_var('TENURE_AS_OF_DATE', '') %}
    {% if not day %}
        {% do exceptions.raise_compiler_error(
            "Expected the day whose knowledge counts, got none. Add --vars '{as_of_date: 2026-06-30}'."
        ) %}
    {% endif %}
    {% do return(day | string) %}
{% endmacro %}

{# The first day of history, as a SQL date. #}
{% macro history_start_date() -%}
    cast('{{ var("history_start_date") }}' as date)
{%- endmacro %}

{# The day before all others: the `known_date` of a version that stands for all earlier days. #}
{% macro beginning_of_time() -%}
    cast('1900-01-01' as date)
{%- endmacro %}

{# The day after all others: the `known_until_date` of a version still in force, and "never". #}
{% macro end_of_time() -%}
    cast('9999-12-31' as date)
{%- endmacro %}

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
