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

{#
    on-run-start: refuses to write when models of the company's project are there that the vars do not name, so that what
    lists signals, inputs and checks would leave them out.
#}
{% macro require_own_models() %}
    {% if execute and flags.WHICH in ['run', 'build', 'seed', 'snapshot'] %}
        {% do signals_used() %}
        {% set told = {'int_inputs__': var('own_inputs').keys() | list, 'int_checks__': var('own_checks')} %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and 'own' in node.fqn %}
            {% for prefix, names in told.items() if node.name.startswith(prefix) %}
                {% if node.name[prefix | length:] not in names %}
                    {% do exceptions.raise_compiler_error(
                        'Expected the vars own_inputs and own_checks to name ' ~ node.name ~ ', they do not. Nothing was'
                        ~ ' written. Run dbt with the right variables by the command line of Tenure (tenure build --select …).'
                    ) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}
