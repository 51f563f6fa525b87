-- An invoice names its customer, and the customer its account: hence the join. Amounts are
-- in the currency's smallest unit. An invoice without a due date is due when it is issued.
{% set zero_decimal = [
    'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd',
    'vuv', 'xaf', 'xof', 'xpf',
] %}

with

landed as (
    {{ raw_rows('stripe', 'invoices', [
        ('id', 'string'),
        ('customer', 'string'),
        ('created', 'integer'),
        ('updated', 'integer'),
        ('due_date', 'integer'),
        ('status', 'string'),
        ('status_transitions', 'json'),
        ('total', 'integer'),
        ('currency', 'string'),
        ('is_deleted', 'boolean'),
    ]) }}
),

customers as (
    select * from {{ ref('stg_stripe__customers') }}
),

dated as (
    select
        landed.*,
        coalesce(
            {{ json_epoch('status_transitions', '$.finalized_at') }},
            {{ epoch_seconds_to_timestamp('created') }}
        ) as issued_at,
        {{ epoch_seconds_to_timestamp('due_date') }} as due_at,
        {{ json_epoch('status_transitions', '$.paid_at') }} as paid_at
    from landed
    where landed.status <> 'draft'
),

final as (
    select
        dated.id as invoice_id,
        customers.account_id,
        {{ local_date('coalesce(dated.due_at, dated.issued_at)') }} as due_date,
        dated.issued_at,
        dated.paid_at,
        cast(
            dated.total / case lower(dated.currency)
                {%- for code in zero_decimal %}
                when '{{ code }}' then 1
                {%- endfor %}
                else 100
            end as {{ dbt.type_numeric() }}
        ) as amount,
        dated.status,
        {{ epoch_seconds_to_timestamp('dated.updated') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        dated.source_name,
        dated._airbyte_extracted_at,
        coalesce(dated.is_deleted, false) as is_deleted
    from dated
    inner join customers
        on
            dated.source_name = customers.source_name
            and dated.customer = customers.customer_id
    where customers.account_id is not null
)

select * from final
