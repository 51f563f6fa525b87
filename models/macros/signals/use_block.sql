{#
    The number by which rows of use of one key are taken together before their intervals are merged, so that there are few
    to merge: rows of one block of `lookback_days` days reach each other, so that their intervals
    (event_date … event_date + lookback_days) are one, from the least beginning to the greatest end. A row known only
    after its day begins late and may reach nobody: those of one day are a block of their own.

        group by account_id, user_id, use_block('event_date', 'known_date', 'lookback_days')
#}
{% macro use_block(event_date, known_date, lookback_days) -%}
    case
        when {{ known_date }} > {{ event_date }}
            then 0 - {{ days_between(beginning_of_time(), event_date) }}
        else cast(
            floor({{ days_between(beginning_of_time(), event_date) }} / {{ lookback_days }}) as {{ dbt.type_int() }}
        )
    end
{%- endmacro %}
