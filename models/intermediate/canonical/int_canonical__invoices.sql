-- depends_on: {{ ref('int_accounts__identities') }}
{% set columns = [
    'invoice_id', 'account_id', 'due_date', 'issued_at', 'paid_at', 'amount', 'status',
    'is_auto_charged', 'first_failed_at', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('invoices'), columns) }}
),

{{ taken_rows('invoices', 'unioned') }},

placed as (
    select
        taken.*,
        coalesce(issued_at, {{ local_midnight('due_date') }}) as event_at
    from taken
),

{{ version_intervals(
    'placed',
    key=['invoice_id'],
    earliest_date=local_date(source_known_at('event_at')),
    is_held=true,
) }},

final as (
    select
        invoice_id,
        known_date,
        known_until_date,
        account_id,
        status,
        {{ local_date('event_at') }} as event_date,
        due_date,
        {{ local_date('issued_at') }} as issued_date,
        {{ local_date('paid_at') }} as paid_date,
        {{ local_date('first_failed_at') }} as first_failed_date,
        amount,
        coalesce(is_auto_charged, false) as is_auto_charged,
        event_at,
        issued_at,
        paid_at,
        first_failed_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
