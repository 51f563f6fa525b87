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
