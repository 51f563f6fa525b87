{#
    A hook before a model of the company's project: refuses one that lacks a column that the product's have, by the name of
    its file. More columns may be there. Gives no statement.
#}
{% macro require_columns(file, columns) %}
    {% if execute %}
        {% set found = get_columns_in_query(model.compiled_code) | map('lower') | list %}
        {% set missing = columns | reject('in', found) | list %}
        {% if missing %}
            {% do exceptions.raise_compiler_error(
                'COLUMNS_MISSING: ' ~ file ~ ': expected the columns ' ~ columns | join(', ') ~ ', got '
                ~ found | join(', ') ~ '. Add ' ~ missing | join(', ') ~ ' and run the same command again.'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}
