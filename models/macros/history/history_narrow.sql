{#
    The SQL of a history model for the buckets of accounts [first, last] and from one day on (ISO date); with `reopened`, a
    relation of accounts, for these alone.
#}
{% macro history_narrow(sql, buckets, from_date, reopened=none) %}
    {% set narrowed = sql
        .replace(history_mark_buckets(), 'between ' ~ buckets[0] ~ ' and ' ~ buckets[1])
        .replace(history_mark_from_date(), "'" ~ from_date ~ "'") %}
    {% if reopened is not none %}
        {% set narrowed = narrowed.replace(
            history_mark_accounts(), 'in (select account_id from ' ~ reopened ~ ')'
        ) %}
    {% endif %}
    {% do return(narrowed) %}
{% endmacro %}
