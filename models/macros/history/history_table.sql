{# A table of the intermediate layer that a history model stands on without reading it, so that ref() is not allowed. #}
{% macro history_table(name) %}
    {% do return(api.Relation.create(
        database=target.database, schema=schema_named('intermediate') | trim, identifier=name
    )) %}
{% endmacro %}
