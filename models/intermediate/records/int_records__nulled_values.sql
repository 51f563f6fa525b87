-- One row per landed version of a record and value that did not fit the type of its column, so that it is null:
-- the landing names each in `_airbyte_meta`. Usage is left out: a day reads no more of it than that day's.
{%- set tables = [] %}
{%- set seen = [] %}
{%- for entity, streams in entity_streams().items() if entity != 'usage_events' %}
{%- for kind, stream in streams if kind != 'files' %}
{%- for table in raw_tables_of(kind, stream) if table not in seen %}
{%- set types = connected('raw_columns').get(table, {}) %}
{%- set keys = types.keys() | select('in', ['Id', 'id']) | list %}
{%- if types.get('_airbyte_meta') == 'json' %}
{%- do tables.append((entity, table, types, keys[0] if keys else '_airbyte_raw_id')) %}
{%- endif %}
{%- do seen.append(table) %}
{%- endfor %}
{%- endfor %}
{%- endfor %}
{%- set reasons = {
    'date': 'bad_date', 'timestamp': 'bad_date', 'integer': 'bad_number', 'number': 'bad_number',
    'decimal': 'bad_number', 'boolean': 'bad_boolean',
} %}
with

{% for entity, table, types, key in tables %}
rows_{{ loop.index }} as (
    select
        cast(landed.{{ adapter.quote(key) }} as {{ dbt.type_string() }}) as record_key,
        landed._airbyte_meta,
        landed._airbyte_extracted_at,
        max(landed._airbyte_extracted_at) over (partition by landed.{{ adapter.quote(key) }}) as last_extracted_at
    from {{ raw_relation(table) }} as landed
),

faulty_{{ loop.index }} as (
    select * from rows_{{ loop.index }}
    where {{ json_as_text('_airbyte_meta') }} <> '{"changes":[]}'
),

values_{{ loop.index }} as (
    select
        '{{ connected("source_names").get(table, table) }}' as source_name,
        '{{ entity }}' as entity,
        faulty_{{ loop.index }}.record_key,
        {{ json_text('change', '$.field') }} as column_name,
        faulty_{{ loop.index }}._airbyte_extracted_at = faulty_{{ loop.index }}.last_extracted_at as is_current,
        faulty_{{ loop.index }}._airbyte_extracted_at as extracted_at
    from faulty_{{ loop.index }}
    cross join {{ json_items('faulty_' ~ loop.index ~ '._airbyte_meta', '$.changes', 'change') }}
),

{% endfor %}
final as (
    {%- for entity, table, types, key in tables %}
    select
        source_name,
        entity,
        record_key,
        column_name,
        case column_name
            {%- for name, type in types.items() if type in reasons %}
            when '{{ name }}' then '{{ reasons[type] }}'
            {%- else %}
            when '' then ''
            {%- endfor %}
            else 'unknown_value'
        end as reason,
        is_current,
        extracted_at
    from values_{{ loop.index }}
    union all
    {%- endfor %}
    select
        {%- for column in ['source_name', 'entity', 'record_key', 'column_name', 'reason'] %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
        {%- endfor %}
        cast(null as {{ dbt.type_boolean() }}) as is_current,
        cast(null as {{ dbt.type_timestamp() }}) as extracted_at
    {{ no_rows() }}
)

select * from final
