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
