{#
    Lets go of the table of new rows, as soon as they are where they belong or are refused. On BigQuery it is left to
    expire (history_write makes it a temporary one, which is replaced when it is there): to drop it is a request more.
#}
{% macro history_forget(new_rows) %}
    {% do adapter.dispatch('history_forget')(new_rows) %}
{% endmacro %}

{% macro default__history_forget(new_rows) %}
    {% do adapter.drop_relation(new_rows) %}
{% endmacro %}

{% macro bigquery__history_forget(new_rows) %}{% endmacro %}

{# Whether a table of new rows may stay: made with an end of its own, and replaced by the next run. #}
{% macro history_expires() %}
    {% do return(adapter.dispatch('history_expires')()) %}
{% endmacro %}

{% macro default__history_expires() %}{% do return(false) %}{% endmacro %}

{% macro bigquery__history_expires() %}{% do return(true) %}{% endmacro %}
