-- One row per record of a connected source that names no account: nothing of it counts anywhere.
with

customers as (
    select
        source_name,
        customer_id as record_key,
        name,
        reason
    from {{ ref('int_accounts__identities') }}
    where account_id is null
),

-- product analytics have no customers of their own: events carry the account
usage_accounts as (
    select
        usage.source_name,
        usage.account_id as record_key,
        cast(null as {{ dbt.type_string() }}) as name,
        'unknown_account' as reason
    from {{ ref('int_usage__account_sources') }} as usage
    left join {{ ref('int_canonical__accounts') }} as accounts
        on usage.account_id = accounts.account_id
    where accounts.account_id is null
),

final as (
    select * from customers
    union all
    select * from usage_accounts
)

select * from final
