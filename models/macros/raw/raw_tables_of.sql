{# The landed raw tables of one stream of a kind, as a list; empty when the stream is not connected. #}
{% macro raw_tables_of(kind, stream) %}
    {% set streams = connected('raw_tables').get(kind, {}) %}
    {% for name in streams if name | lower == stream | lower %}
        {% do return(streams[name]) %}
    {% endfor %}
    {% do return([]) %}
{% endmacro %}
