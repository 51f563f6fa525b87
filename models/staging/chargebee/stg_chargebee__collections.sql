-- Whether Chargebee charges by itself what a customer, or one of its subscriptions, owes: the last that is known of
-- each. A subscription that says nothing goes by its customer.
with

landed as (
    {%- for stream in ['customer', 'subscription'] %}
    select
        {{ stream }}.*,
        '{{ stream }}' as holder
    from (
        {{ raw_rows('chargebee', stream, [
            ('id', 'string'),
            ('auto_collection', 'string'),
            ('updated_at', 'integer'),
        ]) }}
    ) as {{ stream }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, holder, id
            order by updated_at desc, _airbyte_extracted_at desc
        ) as version_number
    from landed
    where auto_collection is not null
),

final as (
    select
        source_name,
        holder,
        id as holder_id,
        lower(auto_collection) = 'on' as is_automatic
    from numbered
    where version_number = 1
)

select * from final
