-- One row per account of whose past something else is known than when history was last built: the first day that this
-- may change. Days from it on, as far as they are built, are built again for this account.
{%- set relations = {} %}
{%- for name in ['built_inputs', 'built_usage'] %}
{%- do relations.update({name: adapter.get_relation(
    database=target.database, schema=schema_named('intermediate'), identifier='int_history__' ~ name
) if execute and flags.INTROSPECT is not false else none}) %}
{%- endfor %}
with

landed as (
    select * from {{ ref('int_usage__landed') }}
),

appended_sources as (
    select source_name from landed
    where is_appended
),

-- Usage of sources that were read whole is compared like all else; a source that is new, or gone, differs in all.
inputs as (
    select
        account_id,
        entity,
        period_date,
        row_count,
        fingerprint
    from {{ ref('int_history__inputs') }}
    union all
    select
        account_id,
        'usage of ' || source_name as entity,
        period_date,
        row_count,
        fingerprint
    from landed
    where
        account_id <> ''
        and source_name not in (select appended_sources.source_name from appended_sources)
),

built as (
    {%- if relations.built_inputs is none or relations.built_usage is none %}
    select * from inputs
    {%- else %}
    select
        account_id,
        entity,
        {{ history_input_period('period_date') }} as period_date,
        sum(row_count) as row_count,
        sum(fingerprint) as fingerprint
    from {{ relations.built_inputs }}
    group by 1, 2, 3
    union all
    select
        account_id,
        'usage of ' || source_name as entity,
        {{ history_input_period('period_date') }} as period_date,
        sum(row_count) as row_count,
        sum(fingerprint) as fingerprint
    from {{ relations.built_usage }}
    where
        account_id <> ''
        and source_name not in (select appended_sources.source_name from appended_sources)
    group by 1, 2, 3
    {%- endif %}
),

changed as (
    select
        coalesce(inputs.account_id, built.account_id) as account_id,
        coalesce(inputs.period_date, built.period_date) as from_date
    from inputs
    full outer join built
        on
            inputs.account_id = built.account_id
            and inputs.entity = built.entity
            and inputs.period_date = built.period_date
    where
        coalesce(inputs.row_count, 0) <> coalesce(built.row_count, 0)
        or coalesce(inputs.fingerprint, 0) <> coalesce(built.fingerprint, 0)
    union all
    select
        account_id,
        first_known_date as from_date
    from landed
    where
        account_id <> ''
        and source_name in (select appended_sources.source_name from appended_sources)
),

final as (
    select
        account_id,
        min(from_date) as from_date
    from changed
    where from_date <= {{ as_of_date() }}
    group by account_id
)

select * from final
