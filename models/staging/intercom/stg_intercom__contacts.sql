-- Whose a contact is, by its last version: the first company listed.
with

landed as (
    {{ raw_rows('intercom', 'contacts', [
        ('id', 'string'),
        ('companies', 'json'),
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
        id as contact_id,
        {{ json_text('companies', '$.data[0].id') }} as customer_id,
        source_name
    from numbered
    where version_number = 1
)

select * from final
