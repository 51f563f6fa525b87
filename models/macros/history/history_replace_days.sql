{#
    Replaces the rows of the computed days of a history table by the new ones, all at once: the days from `from_date` on,
    and those from `reopened_from` on of the accounts in `reopened`. The first of all these days stands by itself, as a constant,
    by which a warehouse finds what it need not read: it may not find it in what follows `or`.
#}
{% macro history_replace_days(
    relation, new_rows, history_date, from_date, history_key, key_value, reopened=none, reopened_from=none
) %}
    {% set columns = get_quoted_csv(adapter.get_columns_in_relation(new_rows) | map(attribute='name')) %}
    {% set first_date = [from_date | string, reopened_from | string] | min if reopened_from else from_date %}
    {% set delete_days %}
        delete from {{ relation }}
        where
            {{ history_date }} <= {{ as_of_date() }}
            and {{ history_date }} >= cast('{{ first_date }}' as date)
            and (
                {{ history_date }} >= cast('{{ from_date }}' as date)
                {%- if reopened_from %}
                or {{ history_date }} >= cast('{{ reopened_from }}' as date)
                and account_id in ({{ history_reopened_accounts(reopened, from_date) }})
                {%- endif %}
            )
            and {{ history_of_key(history_key, key_value) }}
    {% endset %}
    {% set insert_days %}
        insert into {{ relation }} ({{ columns }}) select {{ columns }} from {{ new_rows }}
    {% endset %}
    {% do adapter.dispatch('history_replace_days')(delete_days, insert_days) %}
{% endmacro %}

{# The transaction is the materialization's. #}
{% macro default__history_replace_days(delete_days, insert_days) %}
    {% call statement('delete_days') %}{{ delete_days }}{% endcall %}
    {% call statement('insert_days') %}{{ insert_days }}{% endcall %}
{% endmacro %}

{# dbt opens no transaction on BigQuery: one script has its own. #}
{% macro bigquery__history_replace_days(delete_days, insert_days) %}
    {% call statement('replace_days') %}
        begin transaction;
        {{ delete_days }};
        {{ insert_days }};
        commit transaction;
    {% endcall %}
{% endmacro %}
