{% set columns = [
    'meeting_id', 'account_id', 'type', 'scheduled_at', 'status', 'contact_ids',
    'notes', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('meetings'), columns) }}
),

{{ taken_rows('meetings', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['meeting_id'],
    earliest_date=local_date(source_known_at('scheduled_at')),
    is_held=true,
) }},

final as (
    select
        meeting_id,
        known_date,
        known_until_date,
        account_id,
        type,
        status,
        contact_ids,
        notes,
        {{ local_date('scheduled_at') }} as event_date,
        scheduled_at as event_at,
        scheduled_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
