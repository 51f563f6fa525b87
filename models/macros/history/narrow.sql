{#
    The SQL of a history model for the buckets of accounts [first, last] and from one day on (ISO date), reading back no
    further than its `history_lookbacks`; with `reopened_accounts`, a query of their ids, for these alone.
#}
{% macro history_narrow(sql, buckets, from_date, lookbacks, reopened_accounts=none) %}
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
    {% if history_mark_gaps() in sql %}
        {% do texts.update({'sql': texts.sql.replace(
            history_mark_gaps(), history_days_before_gaps(from_date, lookbacks['score'], reopened_accounts)
        )}) %}
    {% endif %}
    {% if reopened_accounts is not none %}
        {% do texts.update(
            {'sql': texts.sql.replace(history_mark_accounts(), 'in (' ~ reopened_accounts ~ ')')}
        ) %}
    {% endif %}
    {% do return(texts.sql) %}
{% endmacro %}
