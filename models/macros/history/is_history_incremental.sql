{#
    True when the history model has a table that this run adds days to. Use it only to read less; which days are
    computed is `history_from_date`'s to say (a new model version computes all of them, on an existing table).
#}
{% macro is_history_incremental() %}
    {% if not execute or model.resource_type != 'model' %}
        {% do return(false) %}
    {% endif %}
    {% set existing = load_cached_relation(this) %}
    {% do return(existing is not none and existing.is_table and not should_full_refresh()) %}
{% endmacro %}
