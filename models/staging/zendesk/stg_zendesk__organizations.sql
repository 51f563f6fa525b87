-- Which account an organization is: the last known `external_id`. One that was deleted keeps its tickets' account.
with

landed as (
    {{ raw_rows('zendesk', 'organizations', [
        ('id', 'integer'),
        ('external_id', 'string'),
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
        id as organization_id,
        {{ clean_text('external_id') }} as account_id,
        {{ clean_text('name') }} as name,
        updated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
