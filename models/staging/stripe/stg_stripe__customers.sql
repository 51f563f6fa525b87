-- What a customer says of the account it is. A customer that was deleted keeps its invoices, and so its last
-- known words.
with

landed as (
    {{ raw_rows('stripe', 'customers', [
        ('id', 'string'),
        ('name', 'string'),
        ('email', 'string'),
        ('metadata.account_id', 'string', 'account_id'),
        ('updated', 'integer'),
        ('is_deleted', 'boolean'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id
            order by
                coalesce(is_deleted, false),
                updated desc,
                -- of one second, what was made before its metadata were given is the earlier
                {{ clean_text('account_id') }} is null,
                _airbyte_extracted_at desc
        ) as version_number
    from landed
),

final as (
    select
        {{ clean_text('id') }} as customer_id,
        {{ clean_text('account_id') }} as account_key,
        {{ web_domain('email') }} as domains,
        {{ clean_text('name') }} as name,
        {{ epoch_seconds_to_timestamp('updated') }} as updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
