{% set columns = [
    'account_id', 'direction', 'reason', 'author', 'set_at', 'expires_at',
    'line_number',
] %}

with

unioned as (
    {{ union_rows(entity_models('overrides'), columns) }}
),

{{ taken_rows('overrides', 'unioned') }},

dated as (
    select
        account_id,
        direction,
        reason,
        author,
        {{ local_date('set_at') }} as event_date,
        {{ local_date('coalesce(known_at, ' ~ source_known_at('set_at') ~ ')') }} as known_date,
        {{ end_of_time() }} as known_until_date,
        {{ local_date('expires_at') }} as expires_date,
        line_number,
        set_at as event_at,
        set_at,
        expires_at,
        known_at,
        source_name
    from taken
),

-- of an account that was merged into another, from the day on which that is known
final as (
    {{ held_facts('dated') }}
)

select * from final
