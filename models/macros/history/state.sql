{# A table of the intermediate layer that a history model stands on without reading it, so that ref() is not allowed. #}
{% macro history_table(name) %}
    {% do return(api.Relation.create(
        database=target.database, schema=schema_named('intermediate') | trim, identifier=name
    )) %}
{% endmacro %}

{# A table or view of ours in `intermediate`, as the warehouse has it; none when it is not there, or may not be asked. #}
{% macro relation_there(name) %}
    {% do return(adapter.get_relation(
        database=target.database, schema=schema_named('intermediate'), identifier=name
    ) if execute and flags.INTROSPECT is not false else none) %}
{% endmacro %}

{# The present value of a history model's key, read from the model of one row that has it; none without a key. #}
{% macro history_key_value(history_key, history_key_from) %}
    {% if not history_key %}
        {% do return(none) %}
    {% endif %}
    {% if not history_key_from %}
        {% do exceptions.raise_compiler_error(
            model.name ~ ": history_key needs history_key_from, the model of one row that has its present value"
        ) %}
    {% endif %}
    {% set found = run_query("select distinct " ~ history_key ~ " from " ~ ref(history_key_from)) %}
    {% if found.rows | length != 1 %}
        {% do exceptions.raise_compiler_error(
            model.name ~ ": expected one " ~ history_key ~ " in " ~ history_key_from ~ ", found " ~ found.rows | length
        ) %}
    {% endif %}
    {% do return(found.rows[0][0] | string) %}
{% endmacro %}

{# True for the rows of a history table that belong to the key's present value; for all rows without a key. #}
{% macro history_of_key(history_key, key_value) -%}
    {%- if history_key -%}
        cast({{ history_key }} as {{ dbt.type_string() }}) = '{{ key_value }}'
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
    The first day that a run computes on an existing history table, as an ISO date: the day after its last one, at most
    `as_of_date`; the first day of history when the table has no row (of the key's present value). The last days are
    looked at first: only a table that stood still for a month is read as a whole.
#}
{% macro history_next_date(relation, history_date, history_key, key_value) %}
    {% set iso = modules.datetime.date.fromisoformat %}
    {% set days = modules.datetime.timedelta %}
    {% set as_of = iso(as_of_day()) %}
    {% set last_date = history_last_date(relation, history_date, history_key, key_value, as_of - days(31))
        or history_last_date(relation, history_date, history_key, key_value) %}
    {% if not last_date %}
        {% do return(var('history_start_date')) %}
    {% endif %}
    {% do return([iso(last_date) + days(1), as_of] | min | string) %}
{% endmacro %}

{# The last day, on or after `since`, of the key's value, as an ISO date; none when there is none. #}
{% macro history_last_date(relation, history_date, history_key, key_value, since=none) %}
    {% set sql %}
        select cast(max({{ history_date }}) as {{ dbt.type_string() }}) as last_date
        from {{ relation }}
        where
            {{ history_of_key(history_key, key_value) }}
            {%- if since %}
            and {{ history_date }} >= cast('{{ since }}' as date)
            {%- endif %}
    {% endset %}
    {% do return(run_query(sql).rows[0][0]) %}
{% endmacro %}

{#
    Whether the run that wrote int_history__reopenings did not build the history to its end: it was killed, it failed, or
    history_guard refused what it was about to do. False when a release before this one wrote it.
#}
{% macro history_is_unfinished(reopenings) %}
    {% if reopenings is none %}
        {% do return(false) %}
    {% endif %}
    {% set completed = relation_there('int_history__completed') %}
    {% set sql %}
        select count(*) from {{ reopenings }}
        {%- if completed is not none %}
        where begun_by not in (select built_by from {{ completed }})
        {%- endif %}
    {% endset %}
    {% do return(run_query(sql).rows[0][0] | int > 0) %}
{% endmacro %}

{# That another version of the product built the history last, in words; none where it was this one, or nobody knows. #}
{% macro history_other_version() %}
    {% set completed = relation_there('int_history__completed') %}
    {% if completed is none %}
        {% do return(none) %}
    {% endif %}
    {% set version = env_var('TENURE_VERSION', 'unknown') %}
    {% set names = adapter.get_columns_in_relation(completed) | map(attribute='name') | map('lower') | list %}
    {% set built_by = run_query('select product_version from ' ~ completed).rows[0][0]
        if 'product_version' in names else 'an earlier release' %}
    {% if built_by == version %}
        {% do return(none) %}
    {% endif %}
    {% do return(
        'Tenure ' ~ version ~ ' runs where ' ~ built_by ~ ' built them (CHANGELOG.md says what counts otherwise now)'
    ) %}
{% endmacro %}

{#
    What a run before this one began and did not complete, as a relation that may be read while int_history__reopenings is
    replaced. On BigQuery it is a copy, which expires: a table is not read by the statement that replaces it.
#}
{% macro history_begun(reopenings) %}
    {% do return(adapter.dispatch('history_begun')(reopenings)) %}
{% endmacro %}

{% macro default__history_begun(reopenings) %}{% do return(reopenings) %}{% endmacro %}

{% macro bigquery__history_begun(reopenings) %}
    {% set begun = reopenings.incorporate(path={'identifier': 'int_history__begun'}) %}
    {% do run_query(
        'create or replace table ' ~ begun
        ~ ' options (expiration_timestamp = timestamp_add(current_timestamp(), interval 1 day)) as select * from '
        ~ reopenings
    ) %}
    {% do return(begun) %}
{% endmacro %}
