-- What a customer says of the account it is. A customer that was deleted keeps its invoices, and so its last
-- known words.
with

landed as (
    {{ raw_rows('chargebee', 'customer', [
        ('id', 'string'),
        ('company', 'string'),
        ('email', 'string'),
        ('meta_data.account_id', 'string', 'account_id'),
        ('custom_fields', 'json'),
        ('updated_at', 'integer'),
        ('deleted', 'boolean'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id
            order by coalesce(deleted, false), updated_at desc, _airbyte_extracted_at desc
        ) as version_number
    from landed
),

final as (
    select
        {{ clean_text('id') }} as customer_id,
        coalesce(
            {{ clean_text('account_id') }},
            {{ clean_text(json_pair('custom_fields', 'cf_account_id')) }}
        ) as account_key,
        {{ web_domain('email') }} as domains,
        {{ clean_text('company') }} as name,
        {{ epoch_seconds_to_timestamp('updated_at') }} as updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
