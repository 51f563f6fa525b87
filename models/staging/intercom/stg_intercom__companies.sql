-- What a company says of the account it is: `company_id`, which is the id that the one who sends it to Intercom
-- gave it.
with

landed as (
    {{ raw_rows('intercom', 'companies', [
        ('id', 'string'),
        ('company_id', 'string', 'account_id'),
        ('website', 'string'),
        ('name', 'string'),
        ('updated_at', 'integer'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id
            order by updated_at desc, _airbyte_extracted_at desc
        ) as version_number
    from landed
),

final as (
    select
        id as customer_id,
        {{ clean_text('company_id') }} as account_key,
        {{ web_domain('website') }} as domains,
        {{ clean_text('name') }} as name,
        {{ epoch_seconds_to_timestamp('updated_at') }} as updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
