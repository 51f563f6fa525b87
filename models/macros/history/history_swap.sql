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

{# BigQuery has no rename onto a table that is there: it is replaced by a copy, as one step. #}
{% macro bigquery__history_swap(existing_relation, new_rows, target_relation) %}
    {% set partition_by = adapter.parse_partition_by(config.get('partition_by')) %}
    {% if existing_relation is not none and not (
        existing_relation.is_table
        and adapter.is_replaceable(existing_relation, partition_by, config.get('cluster_by'))
    ) %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('replace_table') %}
        {{ create_table_as(False, target_relation, 'select * from ' ~ new_rows) }}
    {% endcall %}
    {% do adapter.drop_relation(new_rows) %}
{% endmacro %}
