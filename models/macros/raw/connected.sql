{#
    One of the vars that say what is connected: raw_tables (kind -> stream -> raw tables), raw_columns (raw table -> column
    -> logical type), source_names (raw table -> source of tenure.yaml). None of them has a default, because "not told" is
    not "nothing is connected": a run that is not told would build every canonical table empty. What really has no source
    says so: `raw_tables: {}`.
#}
{% macro connected(name) %}
    {% set told = var(name, none) %}
    {% if told is none and execute %}
        {% do exceptions.raise_compiler_error(
            "Expected the var " ~ name ~ ", which says what is connected, got none. Nothing was written. Run dbt with the"
            ~ " right variables by the command line of Tenure (tenure build --select …), or give as_of_date, raw_tables,"
            ~ " raw_columns and source_names by --vars; raw_tables: {} says that nothing is connected."
        ) %}
    {% endif %}
    {% do return(told or {}) %}
{% endmacro %}

{#
    on-run-start: whatever is about to write refuses before its first node when it is not told what is connected, or when no
    source has the entities that the environment's TENURE_REQUIRED_ENTITIES names.
#}
{% macro require_connected() %}
    {% if execute and flags.WHICH in ['run', 'build', 'seed', 'snapshot'] %}
        {% for name in ['raw_tables', 'raw_columns', 'source_names'] %}
            {% do connected(name) %}
        {% endfor %}
        {% do as_of_day() %}
        {% for entity in env_var('TENURE_REQUIRED_ENTITIES', '').split() if not entity_is_connected(entity) %}
            {% do exceptions.raise_compiler_error(
                'NOTHING_LANDED: No source has landed any ' ~ entity ~ ' yet, without which there is nothing to score'
                ~ ' (files: ' ~ entity ~ '.csv). Mend the source that has them and run "tenure sync" again. Nothing was'
                ~ ' written.'
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

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

{# The landed raw tables of one stream of a kind, as a list; empty when the stream is not connected. #}
{% macro raw_tables_of(kind, stream) %}
    {% set streams = connected('raw_tables').get(kind, {}) %}
    {% for name in streams if name | lower == stream | lower %}
        {% do return(streams[name]) %}
    {% endfor %}
    {% do return([]) %}
{% endmacro %}
