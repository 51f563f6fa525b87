{# The relation of a landed raw table, given as `schema.table`; our own schemas take the dataset prefix on BigQuery. #}
{% macro raw_relation(table) %}
    {% set parts = table.split('.') %}
    {% set schema = schema_named(parts[0]) | trim if parts[0] == 'raw' else parts[0] %}
    {% do return(api.Relation.create(database=target.database, schema=schema, identifier=parts[1:] | join('.'))) %}
{% endmacro %}
