{# The SQL of a history model for the buckets of accounts [first, last] and from one day on (ISO date). #}
{% macro history_narrow(sql, buckets, from_date) %}
    {% do return(
        sql
        .replace(history_mark_buckets(), 'between ' ~ buckets[0] ~ ' and ' ~ buckets[1])
        .replace(history_mark_from_date(), "'" ~ from_date ~ "'")
    ) %}
{% endmacro %}
