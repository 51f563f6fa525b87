-- What a coupon takes off, by its last version.
with

landed as (
    {{ raw_rows('chargebee', 'coupon', [
        ('id', 'string'),
        ('discount_type', 'string'),
        ('discount_percentage', 'number'),
        ('discount_amount', 'integer'),
        ('duration_type', 'string'),
        ('apply_on', 'string'),
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
        id as coupon_id,
        discount_type,
        discount_percentage,
        discount_amount,
        duration_type,
        apply_on,
        source_name
    from numbered
    where version_number = 1
)

select * from final
