{# The present value of a history model's key, read from the model of one row that has it; none without a key. #}
{% macro history_key_value(history_key, history_key_from) %}
    {% if not history_key %}
        {% do return(none) %}
    {% endif %}
    {% if not history_key_from %}
        {% do exceptions.raise_compiler_error(
            model.name ~ ": history_key needs history_key_from, the model of one row that has its present value"
        ) %}
    {% endif %}
    {% set found = run_query("select distinct " ~ history_key ~ " from " ~ ref(history_key_from)) %}
    {% if found.rows | length != 1 %}
        {% do exceptions.raise_compiler_error(
            model.name ~ ": expected one " ~ history_key ~ " in " ~ history_key_from ~ ", found " ~ found.rows | length
        ) %}
    {% endif %}
    {% do return(found.rows[0][0] | string) %}
{% endmacro %}
