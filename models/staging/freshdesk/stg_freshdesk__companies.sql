-- What a company says of the account it is: a custom field, and its web domains.
with

landed as (
    {{ raw_rows('freshdesk', 'companies', [
        ('id', 'integer'),
        ('custom_fields.account_id', 'string', 'account_id'),
        ('domains', 'json'),
        ('name', 'string'),
        ('updated_at', 'timestamp'),
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
        cast(id as {{ dbt.type_string() }}) as customer_id,
        {{ clean_text('account_id') }} as account_key,
        {{ json_as_text('domains') }} as domains,
        {{ clean_text('name') }} as name,
        updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
