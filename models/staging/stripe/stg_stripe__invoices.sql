-- An invoice without a due date is due when it is issued. One that Stripe charges by itself is tried at once, so it
-- has none that counts. Stripe keeps no instant of a failed attempt: a first one failed when another is planned or
-- was made, and since the first version that says so.
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
        ('collection_method', 'string'),
        ('billing', 'string'),
        ('attempt_count', 'integer'),
        ('next_payment_attempt', 'integer'),
        ('total', 'integer'),
        ('currency', 'string'),
        ('is_deleted', 'boolean'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id, updated
            order by
                coalesce(is_deleted, false) desc,
                {{ stripe_state_rank('status') }} desc,
                _airbyte_extracted_at desc
        ) as state_number
    from landed
),

dated as (
    select
        numbered.*,
        coalesce(
            {{ json_epoch('status_transitions', '$.finalized_at') }},
            {{ epoch_seconds_to_timestamp('created') }}
        ) as issued_at,
        -- `billing` is what interfaces before 2019 call it
        coalesce(collection_method, billing) = 'charge_automatically' as is_auto_charged,
        {{ json_epoch('status_transitions', '$.paid_at') }} as paid_at,
        coalesce(attempt_count, 0) > 1
        or coalesce(attempt_count, 0) = 1 and next_payment_attempt is not null as has_failed
    from numbered
    where state_number = 1 and status <> 'draft'
),

-- of an invoice that was first seen paid nobody knows when the attempt failed, but it was made when it was issued
failed as (
    select
        dated.*,
        min(
            case
                when has_failed and status <> 'paid' then {{ epoch_seconds_to_timestamp('updated') }}
                when has_failed then issued_at
            end
        ) over (
            partition by source_name, id
            order by updated
            rows between unbounded preceding and current row
        ) as first_failed_at
    from dated
),

final as (
    select
        id as invoice_id,
        customer as customer_id,
        case
            when is_auto_charged then {{ local_date('issued_at') }}
            else coalesce({{ local_date(epoch_seconds_to_timestamp('due_date')) }}, {{ local_date('issued_at') }})
        end as due_date,
        issued_at,
        paid_at,
        cast(total / {{ minor_units('currency') }} as {{ dbt.type_numeric() }}) as amount,
        status,
        coalesce(is_auto_charged, false) as is_auto_charged,
        case when is_auto_charged then first_failed_at end as first_failed_at,
        {{ epoch_seconds_to_timestamp('updated') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(is_deleted, false) as is_deleted
    from failed
)

select * from final
