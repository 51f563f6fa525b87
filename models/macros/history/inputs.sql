{#
    The columns of a canonical model of which a change may change the history: all but those that date the row, which make
    its period, and those named in `except`. As compiled without a warehouse, the account alone.
#}
{% macro history_input_columns(model_name, except) %}
    {% set dating = ['account_id', 'known_date', 'known_until_date', 'known_at', 'updated_at', 'source_name'] %}
    {% set relation = ref(model_name) %}
    {% set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | list
        if execute and flags.INTROSPECT is not false else [] %}
    {% set columns = [] %}
    {% for name in found if name not in dating + except %}
        {% do columns.append(name) %}
    {% endfor %}
    {% do return(columns or ['account_id']) %}
{% endmacro %}

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
