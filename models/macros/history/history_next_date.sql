{#
    The first day that a run computes on an existing history table, as an ISO date: the day after its last one, at most
    `as_of_date`; the first day of history when the table has no row (of the key's present value). The last days are
    looked at first: only a table that stood still for a month is read as a whole.
#}
{% macro history_next_date(relation, history_date, history_key, key_value) %}
    {% set iso = modules.datetime.date.fromisoformat %}
    {% set days = modules.datetime.timedelta %}
    {% set as_of = iso(as_of_day()) %}
    {% set last_date = history_last_date(relation, history_date, history_key, key_value, as_of - days(31))
        or history_last_date(relation, history_date, history_key, key_value) %}
    {% if not last_date %}
        {% do return(var('history_start_date')) %}
    {% endif %}
    {% do return([iso(last_date) + days(1), as_of] | min | string) %}
{% endmacro %}

{# The last day, on or after `since`, of the key's value, as an ISO date; none when there is none. #}
{% macro history_last_date(relation, history_date, history_key, key_value, since=none) %}
    {% set sql %}
        select cast(max({{ history_date }}) as {{ dbt.type_string() }}) as last_date
        from {{ relation }}
        where
            {{ history_of_key(history_key, key_value) }}
            {%- if since %}
            and {{ history_date }} >= cast('{{ since }}' as date)
            {%- endif %}
    {% endset %}
    {% do return(run_query(sql).rows[0][0]) %}
{% endmacro %}
