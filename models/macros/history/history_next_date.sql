{#
    The first day that a run computes on an existing history table, as an ISO date: the day after its last one, at most
    `as_of_date`; the first day of history when the table has no row (of the key's present value).
#}
{% macro history_next_date(relation, history_date, history_key, key_value) %}
    {% set sql %}
        select
            cast(
                case
                    when max({{ history_date }}) is null then {{ history_start_date() }}
                    when max({{ history_date }}) >= {{ as_of_date() }} then {{ as_of_date() }}
                    else {{ date_add_days('max(' ~ history_date ~ ')', 1) }}
                end as {{ dbt.type_string() }}
            ) as next_date
        from {{ relation }}
        where {{ history_of_key(history_key, key_value) }}
    {% endset %}
    {% do return(run_query(sql).rows[0][0] | string) %}
{% endmacro %}
