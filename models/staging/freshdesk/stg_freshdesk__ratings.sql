-- One row per rating of a ticket, on the scale of 1 to 5: Freshdesk's seven faces go from -103 to 103, 100 in
-- the middle.
with

landed as (
    {{ raw_rows('freshdesk', 'satisfaction_ratings', [
        ('id', 'integer'),
        ('ticket_id', 'integer'),
        ('ratings', 'json'),
        ('created_at', 'timestamp'),
        ('updated_at', 'timestamp'),
    ]) }}
),

numbered as (
    select
        landed.*,
        {{ dbt.safe_cast(json_text('ratings', '$.default_question'), dbt.type_bigint()) }} as face,
        row_number() over (
            partition by source_name, id
            order by updated_at desc, _airbyte_extracted_at desc
        ) as version_number
    from landed
),

final as (
    select
        ticket_id,
        case
            when face between 101 and 103 then 3 + (face - 100) * 2.0 / 3
            when face = 100 then 3
            when face between -103 and -101 then 3 + (face + 100) * 2.0 / 3
        end as csat,
        created_at as rated_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1 and created_at is not null
)

select * from final
