{# Puts a newly built table in the place of what was there, all at once. #}
{% macro history_swap(existing_relation, new_rows, target_relation) %}
    {% do adapter.dispatch('history_swap')(existing_relation, new_rows, target_relation) %}
{% endmacro %}

{% macro default__history_swap(existing_relation, new_rows, target_relation) %}
    {% if existing_relation is not none %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% do adapter.rename_relation(new_rows, target_relation) %}
{% endmacro %}

{# A copy job replaces a table as one step; only a view must go first. #}
{% macro bigquery__history_swap(existing_relation, new_rows, target_relation) %}
    {% if existing_relation is not none and not existing_relation.is_table %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% do adapter.copy_table(new_rows, target_relation, 'table') %}
    {% do adapter.drop_relation(new_rows) %}
{% endmacro %}
