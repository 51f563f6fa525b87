-- One row per version of a record and what is wrong with it: of every source, files too. With severity `row` the
-- record, or this version of it, is set aside; with `value` it counts, and the value is null or has its safe
-- meaning. What is said of its last version is current; what was mended since is not. What prospects' records lack is
-- said of none: they count nowhere.
-- depends_on: {{ ref('int_accounts__identities') }}, {{ ref('record_rules') }}
{# Of each entity the text is the same: a lint reads that of one (.sqlfluff). #}
{% set named = var('rejected_entities', entity_streams()) %}
{% set entities = [] %}
{% for entity in named if fed_by(entity) %}{% do entities.append(entity) %}{% endfor %}
with

bounds as (
    {{ record_bounds() }}
),

{% for entity in entities %}
{{ rejected_rows(entity) }},

{% endfor %}
prospects as (
    select distinct versions.account_id
    from {{ ref('int_accounts__versions') }} as versions
    left join {{ ref('int_accounts__customers') }} as customers
        on versions.account_id = customers.account_id
    where customers.account_id is null
),

files_rejected as (
    select * from {{ ref('stg_ops__rejected') }}
),

nulled_values as (
    select * from {{ ref('int_records__nulled_values') }}
),

final as (
    {%- for entity in entities %}
    select
        source_name,
        entity,
        record_key,
        account_id,
        column_name,
        reason,
        severity,
        given_value,
        arr,
        currency_code,
        cast(null as {{ dbt.type_string() }}) as file_name,
        cast(null as {{ dbt.type_bigint() }}) as line_number,
        content,
        is_current,
        version_at,
        extracted_at
    from {{ entity }}_rejected
    where account_id is null or account_id not in (select prospects.account_id from prospects)
    union all
    {%- endfor %}
    select
        source_name,
        entity,
        record_key,
        cast(null as {{ dbt.type_string() }}) as account_id,
        column_name,
        reason,
        severity,
        cast(null as {{ dbt.type_string() }}) as given_value,
        cast(null as {{ dbt.type_numeric() }}) as arr,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        file_name,
        line_number,
        content,
        true as is_current,
        cast(null as {{ dbt.type_timestamp() }}) as version_at,
        cast(null as {{ dbt.type_timestamp() }}) as extracted_at
    from files_rejected
    union all
    select
        source_name,
        entity,
        record_key,
        cast(null as {{ dbt.type_string() }}) as account_id,
        column_name,
        reason,
        'value' as severity,
        cast(null as {{ dbt.type_string() }}) as given_value,
        cast(null as {{ dbt.type_numeric() }}) as arr,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        cast(null as {{ dbt.type_string() }}) as file_name,
        cast(null as {{ dbt.type_bigint() }}) as line_number,
        cast(null as {{ dbt.type_string() }}) as content,
        is_current,
        cast(null as {{ dbt.type_timestamp() }}) as version_at,
        extracted_at
    from nulled_values
)

select * from final
