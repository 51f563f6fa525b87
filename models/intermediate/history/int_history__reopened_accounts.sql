-- One row per account of whose past something else is known than when history was last built: the first day that this
-- may change. Days from it on, as far as they are built, are built again for this account.
{%- set built = adapter.get_relation(
    database=target.database, schema=schema_named('intermediate'), identifier='int_history__built_inputs'
) if execute and flags.INTROSPECT is not false else none %}
with

inputs as (
    select * from {{ ref('int_history__inputs') }}
),

built as (
    {%- if built is none %}
    select * from inputs
    {%- else %}
    select
        account_id,
        entity,
        {{ history_input_period('period_date') }} as period_date,
        sum(row_count) as row_count,
        sum(fingerprint) as fingerprint
    from {{ built }}
    group by 1, 2, 3
    {%- endif %}
),

final as (
    select
        coalesce(inputs.account_id, built.account_id) as account_id,
        min(coalesce(inputs.period_date, built.period_date)) as from_date
    from inputs
    full outer join built
        on
            inputs.account_id = built.account_id
            and inputs.entity = built.entity
            and inputs.period_date = built.period_date
    where
        coalesce(inputs.row_count, 0) <> coalesce(built.row_count, 0)
        or coalesce(inputs.fingerprint, 0) <> coalesce(built.fingerprint, 0)
    group by coalesce(inputs.account_id, built.account_id)
)

select * from final
