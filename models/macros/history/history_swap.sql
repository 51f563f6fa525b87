{# Puts a newly built table in the place of what was there, all at once. #}
{% macro history_swap(existing_relation, new_rows, target_relation) %}
    {% do adapter.dispatch('history_swap')(existing_relation, new_rows, target_relation) %}
{% endmacro %}

{% macro default__history_swap(existing_relation, new_rows, target_relation) %}
    {% if existing_relation is not none %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% do adapter.rename_relation(new_rows, target_relation) %}
{% endmacro %}

{#
    BigQuery has no rename onto a table that is there: it is replaced by a copy, as one step. The copy has a partition a
    day, ordered by account: a day's rows are then replaced, and an account's history is read, without reading the rest.
#}
{% macro bigquery__history_swap(existing_relation, new_rows, target_relation) %}
    {% set history_date = config.get('history_date', 'as_of_date') %}
    {% set partition_by = adapter.parse_partition_by({'field': history_date, 'data_type': 'date'}) %}
    {% if existing_relation is not none and not (
        existing_relation.is_table and adapter.is_replaceable(existing_relation, partition_by, ['account_id'])
    ) %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('replace_table') %}
        create or replace table {{ target_relation }}
        partition by {{ history_date }}
        cluster by account_id
        as select * from {{ new_rows }}
    {% endcall %}
    {% do adapter.drop_relation(new_rows) %}
{% endmacro %}
