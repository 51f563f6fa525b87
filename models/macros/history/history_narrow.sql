{# The SQL of a history model for one bucket of accounts and from one day on (ISO date). #}
{% macro history_narrow(sql, bucket, from_date) %}
    {% do return(
        sql
        .replace(history_mark_buckets(), '= ' ~ bucket)
        .replace(history_mark_from_date(), "'" ~ from_date ~ "'")
    ) %}
{% endmacro %}
