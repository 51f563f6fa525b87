-- What an organization says of the account it is. One that was deleted keeps its tickets, and so its last known
-- words.
with

landed as (
    {{ raw_rows('zendesk', 'organizations', [
        ('id', 'integer'),
        ('external_id', 'string', 'account_id'),
        ('domain_names', 'json'),
        ('name', 'string'),
        ('updated_at', 'timestamp'),
        ('deleted_at', 'timestamp'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id
            order by case when deleted_at is null then 0 else 1 end, updated_at desc
        ) as version_number
    from landed
),

final as (
    select
        cast(id as {{ dbt.type_string() }}) as customer_id,
        {{ clean_text('external_id') }} as account_key,
        {{ json_as_text('domain_names') }} as domains,
        {{ clean_text('name') }} as name,
        updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
