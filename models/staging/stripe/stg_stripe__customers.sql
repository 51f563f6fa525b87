-- Which account a customer is: `account_id` of its last known metadata. A customer that was deleted keeps its invoices,
-- and so its account.
with

landed as (
    {{ raw_rows('stripe', 'customers', [
        ('id', 'string'),
        ('name', 'string'),
        ('metadata', 'json'),
        ('updated', 'integer'),
        ('is_deleted', 'boolean'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id
            order by coalesce(is_deleted, false), updated desc, _airbyte_extracted_at desc
        ) as version_number
    from landed
),

final as (
    select
        {{ clean_text('id') }} as customer_id,
        {{ json_text('metadata', '$.account_id') }} as account_id,
        {{ clean_text('name') }} as name,
        {{ epoch_seconds_to_timestamp('updated') }} as updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
