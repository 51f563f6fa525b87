{#
    True when a connected source has a stream that feeds the canonical entity: "connected, nothing happened" and
    "not connected" are told apart by this, never by the absence of rows.
#}
{% macro entity_is_connected(entity) %}
    {% set streams = entity_streams() %}
    {% if entity not in streams %}
        {% do exceptions.raise_compiler_error("entity_is_connected: no canonical entity is named '" ~ entity ~ "'") %}
    {% endif %}
    {% for kind, stream in streams[entity] if raw_tables_of(kind, stream) %}
        {% do return(true) %}
    {% endfor %}
    {% do return(false) %}
{% endmacro %}
