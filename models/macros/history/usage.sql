{#
    The usage sources of which this run need read only the rows that landed since the history was last built, as a list of
    {source_name, loaded_at}: those whose older rows are the ones that it stands on. That is known when we landed them
    ourselves (each row that comes or changes gets a new `_airbyte_extracted_at`), as many of them are there as were,
    and they are read as they were then. All other sources are read whole: somebody else may change a row in place.
#}
{% macro usage_appended() %}
    {% set appended = [] %}
    {% set built = relation_there('int_history__built_usage') if not flags.FULL_REFRESH else none %}
    {% if built is none %}
        {% do return(appended) %}
    {% endif %}
    {% set loads %}
        select
            source_name,
            definition,
            cast(max(loaded_at) as {{ dbt.type_string() }}) as loaded_at,
            sum(row_count) as row_count
        from {{ built }}
        where event_date is null
        group by source_name, definition
    {% endset %}
    {% set landed_by_us = usage_sources_landed_by_us() %}
    {% for source_name, definition, loaded_at, row_count in run_query(loads).rows
        if source_name in landed_by_us and loaded_at and definition == usage_definition(source_name) %}
        {% set counts %}
            select
                (
                    select count(*) from {{ ref('int_canonical__usage_events') }}
                    where source_name = '{{ source_name }}'
                ) as row_count,
                (
                    select count(*) from {{ ref('int_canonical__usage_events') }}
                    where
                        source_name = '{{ source_name }}'
                        and _airbyte_extracted_at > cast('{{ loaded_at }}' as {{ dbt.type_timestamp() }})
                ) as new_count
        {% endset %}
        {% set found = run_query(counts).rows[0] %}
        {% if found[0] | int == (row_count | int) + (found[1] | int) %}
            {% do appended.append({'source_name': source_name, 'loaded_at': loaded_at}) %}
        {% endif %}
    {% endfor %}
    {% do return(appended) %}
{% endmacro %}

{# The names of the usage sources all of whose tables are in our schema `raw`. #}
{% macro usage_sources_landed_by_us() %}
    {% set ours = [] %}
    {% set others = [] %}
    {% for kind, stream in entity_streams()['usage_events'] %}
        {% for table in raw_tables_of(kind, stream) %}
            {% do (ours if table.startswith('raw.') else others).append(connected('source_names').get(table, table)) %}
        {% endfor %}
    {% endfor %}
    {% do return(ours | reject('in', others) | list) %}
{% endmacro %}

{# The usage_definition of the row's source, by its `source_name`; empty when somebody else fills its tables. #}
{% macro usage_definitions() -%}
    case
    {%- for name in usage_sources_landed_by_us() %} when source_name = '{{ name }}' then '{{ usage_definition(name) }}'
    {%- endfor %} when source_name is not null then '' end
{%- endmacro %}

{#
    A hash of how the rows of a usage source are read, and of which keys are whose account by hand: when it changes, all of
    them say something else.
#}
{% macro usage_definition(source_name) %}
    {% set parts = [
        var('time_zone'),
        var('history_start_date') | string,
        var('source_delay_hours').get(source_name, 0),
        var('source_fields').get(source_name, {}),
    ] %}
    {% set by_hand = relation_there('int_accounts__identities_by_hand') if raw_tables_of('files', 'identities') else none %}
    {% if by_hand is not none %}
        {% set keys %}
            select cast(sum({{ row_fingerprint(['customer_id', 'account_id']) }}) as {{ dbt.type_string() }}) as fingerprint
            from {{ by_hand }}
            where source_name = '{{ source_name }}' and account_id is not null
        {% endset %}
        {% do parts.append(run_query(keys).rows[0][0]) %}
    {% endif %}
    {% for table, name in connected('source_names').items() | sort if name == source_name %}
        {% do parts.append([table, connected('raw_columns').get(table, [])]) %}
    {% endfor %}
    {% for node in graph.get('nodes', {}).values() | sort(attribute='unique_id')
        if node.name.endswith('__usage_events') or node.name == 'int_usage__landed' %}
        {% do parts.append(node.checksum.checksum) %}
    {% endfor %}
    {% do return(local_md5(tojson(parts))) %}
{% endmacro %}

{#
    Once a month, the statement that puts the loads in int_history__built_usage together: one row per source, account and
    period, or source and day of the events, whatever number of loads they came in. A table with rows of each day would
    be read whole by each of them.
#}
{% macro usage_folded(built_usage) %}
    {% set last_day = run_query(
        'select cast(max(as_of_date) as ' ~ dbt.type_string() ~ ') as last_day from ' ~ built_usage
    ).rows[0][0] or as_of_day() %}
    {% if last_day[:7] < as_of_day()[:7] %}
        create or replace table {{ built_usage }} as
        select
            source_name,
            account_id,
            {{ history_input_period('period_date') }} as period_date,
            event_date,
            {%- for column in ['row_count', 'event_count', 'in_time_count', 'fingerprint'] %}
            cast(sum({{ column }}) as {{ dbt.type_bigint() }}) as {{ column }},
            {%- endfor %}
            min(first_known_date) as first_known_date,
            definition,
            is_appended,
            max(loaded_at) as loaded_at,
            max(as_of_date) as as_of_date,
            'folded' as loaded_by
        from {{ built_usage }}
        group by source_name, account_id, 3, event_date, definition, is_appended
    {% endif %}
{% endmacro %}
