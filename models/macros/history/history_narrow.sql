{#
    The SQL of a history model for the buckets of accounts [first, last] and from one day on (ISO date), reading back no
    further than its `history_lookbacks`; with `reopened`, a relation of accounts, for these alone.
#}
{% macro history_narrow(sql, buckets, from_date, lookbacks, reopened=none) %}
    {% set texts = {'sql': sql
        .replace(history_mark_buckets(), 'between ' ~ buckets[0] ~ ' and ' ~ buckets[1])
        .replace(history_mark_from_date(), "'" ~ from_date ~ "'")} %}
    {% set first_day = modules.datetime.date.fromisoformat(from_date | string) %}
    {% for signal, days in lookbacks.items() %}
        {% set lookback_from = first_day - modules.datetime.timedelta(days=days) %}
        {% do texts.update(
            {'sql': texts.sql.replace(history_mark_lookback(signal), "'" ~ lookback_from ~ "'")}
        ) %}
    {% endfor %}
    {% if reopened is not none %}
        {% do texts.update({'sql': texts.sql.replace(
            history_mark_accounts(), 'in (select account_id from ' ~ reopened ~ ')'
        )}) %}
    {% endif %}
    {% do return(texts.sql) %}
{% endmacro %}
