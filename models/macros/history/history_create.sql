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
