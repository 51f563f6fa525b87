-- A pending invoice is a draft, and left out. One that was written off without a payment, and one whose last
-- attempt to collect failed, is uncollectible. An invoice without a due date is due when issued.
with

landed as (
    {{ raw_rows('chargebee', 'invoice', [
        ('id', 'string'),
        ('customer_id', 'string'),
        ('status', 'string'),
        ('date', 'integer'),
        ('due_date', 'integer'),
        ('paid_at', 'integer'),
        ('total', 'integer'),
        ('amount_paid', 'integer'),
        ('write_off_amount', 'integer'),
        ('currency_code', 'string'),
        ('updated_at', 'integer'),
        ('deleted', 'boolean'),
    ]) }}
),

final as (
    select
        id as invoice_id,
        customer_id,
        {{ local_date(epoch_seconds_to_timestamp('coalesce(due_date, landed.' ~ adapter.quote('date') ~ ')')) }}
            as due_date,
        {{ epoch_seconds_to_timestamp('landed.' ~ adapter.quote('date')) }} as issued_at,
        case
            when status = 'paid' and not (coalesce(write_off_amount, 0) > 0 and coalesce(amount_paid, 0) = 0)
                then {{ epoch_seconds_to_timestamp('paid_at') }}
        end as paid_at,
        cast(total / {{ minor_units('currency_code') }} as {{ dbt.type_numeric() }}) as amount,
        case
            when status = 'voided' then 'void'
            when coalesce(write_off_amount, 0) > 0 and coalesce(amount_paid, 0) = 0 then 'uncollectible'
            when status = 'not_paid' then 'uncollectible'
            when status = 'paid' then 'paid'
            else 'open'
        end as status,
        cast(null as {{ dbt.type_boolean() }}) as is_auto_charged,
        cast(null as {{ dbt.type_timestamp() }}) as first_failed_at,
        {{ epoch_seconds_to_timestamp('updated_at') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(deleted, false) as is_deleted
    from landed
    where status <> 'pending'
)

select * from final
