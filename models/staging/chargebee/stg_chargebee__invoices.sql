-- A pending invoice is a draft, and left out. One that was written off without a payment, and one whose last attempt
-- to collect failed, is uncollectible. An invoice without a due date is due when issued. Chargebee charges one by
-- itself when its subscription, or its customer, says so; a failed attempt is a payment that is linked to it.
with

landed as (
    {{ raw_rows('chargebee', 'invoice', [
        ('id', 'string'),
        ('customer_id', 'string'),
        ('subscription_id', 'string'),
        ('status', 'string'),
        ('date', 'integer'),
        ('due_date', 'integer'),
        ('paid_at', 'integer'),
        ('total', 'integer'),
        ('amount_paid', 'integer'),
        ('write_off_amount', 'integer'),
        ('currency_code', 'string'),
        ('linked_payments', 'json'),
        ('dunning_attempts', 'json'),
        ('updated_at', 'integer'),
        ('deleted', 'boolean'),
    ]) }}
),

collections as (
    select * from {{ ref('stg_chargebee__collections') }}
),

attempts as (
    select
        landed._airbyte_raw_id,
        {{ json_text('attempt', '$.txn_status') }} as status,
        coalesce(
            {{ json_epoch('attempt', '$.txn_date') }},
            {{ json_epoch('attempt', '$.applied_at') }}
        ) as attempted_at
    from landed
    cross join {{ json_items('landed.linked_payments', '$', 'attempt') }}
    union all
    select
        landed._airbyte_raw_id,
        {{ json_text('attempt', '$.txn_status') }} as status,
        {{ json_epoch('attempt', '$.created_at') }} as attempted_at
    from landed
    cross join {{ json_items('landed.dunning_attempts', '$', 'attempt') }}
    where {{ json_text('attempt', '$.dunning_type') }} <> 'offline'
),

-- a direct debit that the bank gave back later failed, too
failures as (
    select
        _airbyte_raw_id,
        min(attempted_at) as first_failed_at
    from attempts
    where status in ('failure', 'timeout', 'late_failure')
    group by _airbyte_raw_id
),

collected as (
    select
        landed.*,
        coalesce(subscriptions.is_automatic, customers.is_automatic, false) as is_auto_charged,
        failures.first_failed_at
    from landed
    left join collections as subscriptions
        on
            landed.source_name = subscriptions.source_name
            and landed.subscription_id = subscriptions.holder_id
            and subscriptions.holder = 'subscription'
    left join collections as customers
        on
            landed.source_name = customers.source_name
            and landed.customer_id = customers.holder_id
            and customers.holder = 'customer'
    left join failures
        on landed._airbyte_raw_id = failures._airbyte_raw_id
),

final as (
    select
        id as invoice_id,
        customer_id,
        {{ local_date(epoch_seconds_to_timestamp('coalesce(due_date, collected.' ~ adapter.quote('date') ~ ')')) }}
            as due_date,
        {{ epoch_seconds_to_timestamp('collected.' ~ adapter.quote('date')) }} as issued_at,
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
        is_auto_charged,
        case when is_auto_charged then first_failed_at end as first_failed_at,
        {{ epoch_seconds_to_timestamp('updated_at') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(deleted, false) as is_deleted
    from collected
    where status <> 'pending'
)

select * from final
