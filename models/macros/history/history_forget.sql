{#
    Lets go of the table of new rows, as soon as they are where they belong or are refused. One that expires is left: to drop
    it is a request more.
#}
{% macro history_forget(new_rows) %}
    {% if not history_expires() %}
        {% do adapter.drop_relation(new_rows) %}
    {% endif %}
{% endmacro %}

{# Whether a table of new rows may stay: made with an end of its own, and replaced by the next run. #}
{% macro history_expires() %}
    {% do return(adapter.dispatch('history_expires')()) %}
{% endmacro %}

{% macro default__history_expires() %}{% do return(false) %}{% endmacro %}

{% macro bigquery__history_expires() %}{% do return(true) %}{% endmacro %}
