-- One row per source and customer that is no account: what it names itself, why it is none, and how many of its
-- tickets, invoices, contracts or events count nowhere. Product analytics have no customers of their own; there it is
-- the account that events name. `(none)` stands for all records of a source that name no customer, and for all events
-- of known users that name no account.
{% set nobody = '(none)' %}
{% set named_by_customer = [] %}
{% for entity, key in [('tickets', 'ticket_id'), ('invoices', 'invoice_id'), ('contracts', 'contract_id')] %}
{% for model in entity_models(entity) if staging_has(model, 'customer_id') %}{% do named_by_customer.append((model, key)) %}{% endfor %}
{% endfor %}

with

identities as (

    select * from {{ ref('int_accounts__identities') }}

),

accounts as (

    select distinct account_id
    from {{ ref('int_accounts__versions') }}

),

named_records as (

    {% for model, key in named_by_customer %}
    select
        source_name,
        coalesce(customer_id, '{{ nobody }}') as customer_id,
        count(distinct {{ key }}) as record_count
    from {{ model }}
    group by source_name, coalesce(customer_id, '{{ nobody }}')
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as {{ dbt.type_string() }}) as source_name,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        0 as record_count
    {{ no_rows() }}
    {% endfor %}

),

record_counts as (

    select
        source_name,
        customer_id,
        cast(sum(record_count) as {{ dbt.type_bigint() }}) as record_count
    from named_records
    group by source_name, customer_id

),

customers as (

    select
        identities.source_name,
        identities.customer_id,
        identities.name,
        identities.reason,
        coalesce(record_counts.record_count, 0) as record_count
    from identities
    left join record_counts
        on
            identities.source_name = record_counts.source_name
            and identities.customer_id = record_counts.customer_id
    where identities.account_id is null

),

-- records of a customer that the source never sent, or of none
without_customer as (

    select
        record_counts.source_name,
        record_counts.customer_id,
        cast(null as {{ dbt.type_string() }}) as name,
        case record_counts.customer_id when '{{ nobody }}' then 'no_customer' else 'unknown_customer' end as reason,
        record_counts.record_count
    from record_counts
    left join identities
        on
            record_counts.source_name = identities.source_name
            and record_counts.customer_id = identities.customer_id
    where identities.customer_id is null

),

accounts_of_usage as (

    select
        account_sources.source_name,
        account_sources.account_id as customer_id,
        cast(null as {{ dbt.type_string() }}) as name,
        'unknown_account' as reason,
        cast(account_sources.event_count as {{ dbt.type_bigint() }}) as record_count
    from {{ ref('int_usage__account_sources') }} as account_sources
    left join accounts
        on account_sources.account_id = accounts.account_id
    where accounts.account_id is null

),

usage_without_account as (

    select
        source_name,
        '{{ nobody }}' as customer_id,
        cast(null as {{ dbt.type_string() }}) as name,
        'no_account' as reason,
        cast(sum(event_count) as {{ dbt.type_bigint() }}) as record_count
    from {{ ref('int_usage__counts') }}
    where account_id = ''
    group by source_name

),

final as (

    select * from customers
    union all
    select * from without_customer
    union all
    select * from accounts_of_usage
    union all
    select * from usage_without_account

)

select * from final
