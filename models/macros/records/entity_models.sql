{# The staging models of a canonical entity, one a kind of source that feeds it (macro entity_streams). #}
{% macro entity_models(entity) %}
    {% set models = [] %}
    {% for kind, stream in entity_streams()[entity] %}
        {% do models.append(ref('stg_' ~ kind ~ '__' ~ entity)) %}
    {% endfor %}
    {% do return(models) %}
{% endmacro %}
