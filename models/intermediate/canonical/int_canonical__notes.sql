{% set columns = [
    'note_id', 'account_id', 'text', 'author', 'made_at', 'opportunity_id', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('notes'), columns) }}
),

{{ taken_rows('notes', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['note_id'],
    earliest_date=local_date(source_known_at('made_at')),
    is_held=true,
) }},

final as (
    select
        note_id,
        known_date,
        known_until_date,
        account_id,
        text,
        author,
        opportunity_id,
        {{ local_date('made_at') }} as event_date,
        made_at as event_at,
        made_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
