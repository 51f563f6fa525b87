{#
    Builds the table from the queries of its buckets and puts it in the place of what was there, all at once; a run that
    is killed leaves that as it was.
#}
{% macro history_create(existing_relation, new_rows, target_relation, bucket_queries, history_date) %}
    {% do adapter.dispatch('history_create')(
        existing_relation, new_rows, target_relation, bucket_queries, history_date
    ) %}
{% endmacro %}

{% macro default__history_create(existing_relation, new_rows, target_relation, bucket_queries, history_date) %}
    {% do history_write(new_rows, bucket_queries) %}
    {% if existing_relation is not none %}
        {% set restated = history_restated(existing_relation, new_rows, history_date, 'true')
            if existing_relation.is_table else none %}
        {% if restated %}
            {% call statement('restated_days') %}{{ restated }}{% endcall %}
        {% endif %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% do adapter.rename_relation(new_rows, target_relation) %}
{% endmacro %}

{#
    BigQuery creates and fills a table in one step, and there is one bucket (history_bucket_ranges). The table has a
    partition a day, ordered by account: a day's rows are then replaced, and an account's history is read, without
    reading the rest. What a full refresh changes in published rows is not noted here: it would write all of them twice.
#}
{% macro bigquery__history_create(existing_relation, new_rows, target_relation, bucket_queries, history_date) %}
    {% set history_date = config.get('history_date', 'as_of_date') %}
    {% set partition_by = adapter.parse_partition_by({'field': history_date, 'data_type': 'date'}) %}
    {% if existing_relation is not none and not (
        existing_relation.is_table and adapter.is_replaceable(existing_relation, partition_by, ['account_id'])
    ) %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('main') %}
        create or replace table {{ target_relation }}
        partition by {{ history_date }}
        cluster by account_id
        as {{ bucket_queries | first }}
    {% endcall %}
{% endmacro %}

{# Writes the rows of the buckets' queries, one bucket after the other, into a new table. #}
{% macro history_write(new_rows, bucket_queries) %}
    {% for bucket_query in bucket_queries %}
        {% call statement('main' if loop.first else 'buckets_' ~ loop.index) %}
            {% if loop.first %}
                {{ create_table_as(history_expires(), new_rows, bucket_query) }}
            {% else %}
                insert into {{ new_rows }} {{ bucket_query }}
            {% endif %}
        {% endcall %}
    {% endfor %}
{% endmacro %}

{#
    Lets go of the table of new rows, as soon as they are where they belong or are refused. One that expires is left: to drop
    it is a request more.
#}
{% macro history_forget(new_rows) %}
    {% if not history_expires() %}
        {% do adapter.drop_relation(new_rows) %}
    {% endif %}
{% endmacro %}

{# Whether a table of new rows may stay: made with an end of its own, and replaced by the next run. #}
{% macro history_expires() %}
    {% do return(adapter.dispatch('history_expires')()) %}
{% endmacro %}

{% macro default__history_expires() %}{% do return(false) %}{% endmacro %}

{% macro bigquery__history_expires() %}{% do return(true) %}{% endmacro %}

{#
    True for the rows of a history table that a run replaces: the days from `from_date` on, and those from
    `reopened_from` on of the accounts in `reopened`. The first of all these days stands by itself, as a constant, by
    which a warehouse finds what it need not read: it may not find it in what follows `or`.
#}
{% macro history_replaced_days(history_date, from_date, history_key, key_value, reopened=none, reopened_from=none) %}
    {%- set first_date = [from_date | string, reopened_from | string] | min if reopened_from else from_date -%}
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
{% endmacro %}

{#
    True for the days that are published for good: those before `as_of_date`, whose own knowledge is not complete before
    it ends, and that day too when later ones are built.
#}
{% macro history_published_days(relation, history_date) %}
    {% set later %}
        select count(*) from {{ relation }} where {{ history_date }} > {{ as_of_date() }}
    {% endset %}
    {% do return(history_date ~ (' <= ' if run_query(later).rows[0][0] | int > 0 else ' < ') ~ as_of_date()) %}
{% endmacro %}

{#
    Replaces the rows of the computed days of a history table, `replaced_days` as a SQL condition, by the new ones, and
    notes what that changes in published rows (history_restated), all at once.
#}
{% macro history_replace_days(relation, new_rows, replaced_days, restated) %}
    {% set columns = get_quoted_csv(adapter.get_columns_in_relation(new_rows) | map(attribute='name')) %}
    {% set delete_days %}
        delete from {{ relation }}
        where {{ replaced_days }}
    {% endset %}
    {% set insert_days %}
        insert into {{ relation }} ({{ columns }}) select {{ columns }} from {{ new_rows }}
    {% endset %}
    {% do adapter.dispatch('history_replace_days')(delete_days, insert_days, restated) %}
{% endmacro %}

{# The transaction is the materialization's. #}
{% macro default__history_replace_days(delete_days, insert_days, restated) %}
    {% if restated %}
        {% call statement('restated_days') %}{{ restated }}{% endcall %}
    {% endif %}
    {% call statement('delete_days') %}{{ delete_days }}{% endcall %}
    {% call statement('insert_days') %}{{ insert_days }}{% endcall %}
{% endmacro %}

{# dbt opens no transaction on BigQuery: one script has its own. #}
{% macro bigquery__history_replace_days(delete_days, insert_days, restated) %}
    {% call statement('replace_days') %}
        begin transaction;
        {%- if restated %}
        {{ restated }};
        {%- endif %}
        {{ delete_days }};
        {{ insert_days }};
        commit transaction;
    {% endcall %}
{% endmacro %}
