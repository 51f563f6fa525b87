{#
    The signals that are computed, as a list: those of the preset, the shadow signals, and what these are made of. The var
    `signals` says them (signal -> 'product', or a hash of the SQL of one of the company's project). It has no default, because
    not told is not none: the command line makes it of the rules, signal_definitions with the project's laid over.
#}
{% macro signals_used() %}
    {% set told = var('signals', none) %}
    {% if told is none and execute %}
        {% do exceptions.raise_compiler_error(
            "Expected the var signals, which says what signals there are, got none. Nothing was written. Run dbt with the"
            ~ " right variables by the command line of Tenure (tenure build --select …), or give it by --vars:"
            ~ " signals: {login_frequency: product, …} names each signal of signal_definitions that is computed."
        ) %}
    {% endif %}
    {% do return((told or {}).keys() | list) %}
{% endmacro %}

{# Whether the model of a signal is there: it is computed, or all are wanted to be looked at (the var `stage_all`: lint, unit tests). #}
{% macro signal_is_there(signal) %}
    {% do return(var('stage_all', false) or signal in signals_used()) %}
{% endmacro %}

{# The signals of the company's project among them: signal -> a hash of its SQL. #}
{% macro own_signals() %}
    {% set own = {} %}
    {% for signal in signals_used() if var('signals')[signal] != 'product' %}
        {% do own.update({signal: var('signals')[signal]}) %}
    {% endfor %}
    {% do return(own) %}
{% endmacro %}
