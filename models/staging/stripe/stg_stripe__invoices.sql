-- An invoice without a due date is due when it is issued.
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
        {{ epoch_seconds_to_timestamp('due_date') }} as due_at,
        {{ json_epoch('status_transitions', '$.paid_at') }} as paid_at
    from numbered
    where state_number = 1 and status <> 'draft'
),

final as (
    select
        id as invoice_id,
        customer as customer_id,
        {{ local_date('coalesce(due_at, issued_at)') }} as due_date,
        issued_at,
        paid_at,
        cast(total / {{ minor_units('currency') }} as {{ dbt.type_numeric() }}) as amount,
        status,
        cast(null as {{ dbt.type_boolean() }}) as is_auto_charged,
        cast(null as {{ dbt.type_timestamp() }}) as first_failed_at,
        {{ epoch_seconds_to_timestamp('updated') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(is_deleted, false) as is_deleted
    from dated
)

select * from final
