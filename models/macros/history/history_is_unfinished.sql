{#
    Whether the run that wrote int_history__reopenings did not build the history to its end: it was killed, it failed, or
    history_guard refused what it was about to do. False when a release before this one wrote it.
#}
{% macro history_is_unfinished(reopenings) %}
    {% if reopenings is none %}
        {% do return(false) %}
    {% endif %}
    {% set completed = adapter.get_relation(
        database=target.database, schema=schema_named('intermediate'), identifier='int_history__completed'
    ) %}
    {% set sql %}
        select count(*) from {{ reopenings }}
        {%- if completed is not none %}
        where begun_by not in (select built_by from {{ completed }})
        {%- endif %}
    {% endset %}
    {% do return(run_query(sql).rows[0][0] | int > 0) %}
{% endmacro %}
