{% set columns = [
    'engagement_id', 'account_id', 'contact_id', 'type', 'happened_at', 'status', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('engagements'), columns) }}
),

{{ taken_rows('engagements', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['engagement_id'],
    earliest_date=local_date(source_known_at('happened_at')),
    is_held=true,
) }},

final as (
    select
        engagement_id,
        known_date,
        known_until_date,
        account_id,
        contact_id,
        type,
        status,
        {{ local_date('happened_at') }} as event_date,
        happened_at as event_at,
        happened_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
