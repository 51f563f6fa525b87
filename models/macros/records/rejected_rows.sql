{#
    CTEs that say what of an entity's rows is set aside, and which of their values are taken for null or a safe meaning
    (macro record_rules): one row per version of a record and fault. The last is `<entity>_rejected`. They read a CTE
    `bounds` (macro record_bounds).
#}
{% macro rejected_rows(entity) %}
    {%- set rules = record_rules(entity) -%}
    {%- set faults = record_faults(entity) -%}
    {%- set has_account = entity not in ['users', 'rates'] -%}
    {%- set version_at = rules.get('version_at', 'coalesce(updated_at, known_at)') -%}
    {%- set columns = [] -%}
    {%- for column in (['account_id'] if has_account else []) + rules.key + faults | map(attribute='column') | list
        + rules.get('becomes', {}).keys() | list + rules.get('shown', [])
        + (['updated_at'] if 'updated_at' in version_at | string else []) if column not in columns + ['known_at'] -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
    {%- set record_key = [] -%}
    {%- for column in rules.key -%}
        {%- do record_key.append('coalesce(cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ "), '')") -%}
    {%- endfor -%}
{{ entity }}_unioned as (
    {{ union_rows(entity_models(entity), columns) }}
),

{{ entity }}_looked_up as (
    {{- record_lookups(entity, entity ~ '_unioned') }}
),

{{ entity }}_keyed as (
    select
        {{ entity }}_looked_up.*,
        {{ record_key | join(" || '|' || ") }} as record_key,
        {{ version_at or 'cast(null as ' ~ dbt.type_timestamp() ~ ')' }} as version_at
    from {{ entity }}_looked_up
),

{{ entity }}_faulty as (
    select {{ entity }}_keyed.*
    from {{ entity }}_keyed
    cross join bounds
    where
        not is_deleted
        and (
            {%- for fault in faults %}
            {{ fault.when }}{{ ' or' if not loop.last }}
            {%- endfor %}
        )
),

{% if version_at -%}
-- the last version of each record of which one is at fault
{{ entity }}_last_versions as (
    select
        {{ entity }}_keyed.source_name,
        {{ entity }}_keyed.record_key,
        max({{ entity }}_keyed.version_at) as version_at
    from {{ entity }}_keyed
    inner join (select distinct source_name, record_key from {{ entity }}_faulty) as faulty_keys
        on {{ entity }}_keyed.source_name = faulty_keys.source_name and {{ entity }}_keyed.record_key = faulty_keys.record_key
    group by {{ entity }}_keyed.source_name, {{ entity }}_keyed.record_key
),

{% endif -%}
{{ entity }}_kinds as (
    {%- for fault in faults %}
    select
        {{ loop.index }} as fault_number,
        '{{ fault.column }}' as column_name,
        '{{ fault.reason }}' as reason,
        '{{ fault.severity }}' as severity
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

{{ entity }}_rejected as (
    select
        {{ entity }}_faulty.source_name,
        '{{ entity }}' as entity,
        nullif({{ entity }}_faulty.record_key, '{{ '|' * (rules.key | length - 1) }}') as record_key,
        {{ entity ~ '_faulty.account_id' if has_account else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as account_id,
        {{ entity }}_kinds.column_name,
        {{ entity }}_kinds.reason,
        {{ entity }}_kinds.severity,
        case {{ entity }}_kinds.fault_number
            {%- for fault in faults %}
            when {{ loop.index }} then cast({{ entity }}_faulty.{{ fault.column }} as {{ dbt.type_string() }})
            {%- endfor %}
        end as given_value,
        {{ 'cast(' ~ entity ~ '_faulty.arr as ' ~ dbt.type_numeric() ~ ')' if 'arr' in columns else 'cast(null as ' ~ dbt.type_numeric() ~ ')' }} as arr,
        {{ 'coalesce(' ~ entity ~ "_faulty.currency_code, '" ~ var('currency') ~ "')" if entity == 'contracts' else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as currency_code,
        {{ row_json(entity ~ '_faulty', columns) }} as content,
        {% if version_at -%}
        coalesce({{ entity }}_faulty.version_at >= {{ entity }}_last_versions.version_at, true) as is_current,
        {%- else -%}
        true as is_current,
        {%- endif %}
        {{ entity }}_faulty.version_at,
        {{ entity }}_faulty._airbyte_extracted_at as extracted_at
    from {{ entity }}_faulty
    cross join {{ entity }}_kinds
    cross join bounds
    {% if version_at -%}
    left join {{ entity }}_last_versions
        on {{ entity }}_faulty.source_name = {{ entity }}_last_versions.source_name and {{ entity }}_faulty.record_key = {{ entity }}_last_versions.record_key
    {% endif -%}
    where
        case {{ entity }}_kinds.fault_number
            {%- for fault in faults %}
            when {{ loop.index }} then {{ fault.when }}
            {%- endfor %}
        end
)
{%- endmacro %}
