{# The connected sources that feed each canonical entity and each input of the company's own, as a list of [entity, source name]. #}
{% macro entity_sources() %}
    {% set pairs = [] %}
    {% for entity, streams in entity_streams().items() | list + var('own_inputs').items() | list %}
        {% for kind, stream in streams %}
            {% for table in raw_tables_of(kind, stream) %}
                {% set pair = [entity, connected('source_names').get(table, table)] %}
                {% if pair not in pairs %}
                    {% do pairs.append(pair) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {% do return(pairs) %}
{% endmacro %}
