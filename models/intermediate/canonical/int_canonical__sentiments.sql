{% set columns = [
    'account_id', 'sentiment', 'set_at', 'set_by', 'note',
] %}

with

unioned as (
    {{ union_rows(entity_models('sentiments'), columns) }}
),

{{ taken_rows('sentiments', 'unioned') }},

dated as (
    select
        account_id,
        sentiment,
        set_by,
        note,
        {{ local_date('set_at') }} as event_date,
        {{ local_date('coalesce(known_at, ' ~ source_known_at('set_at') ~ ')') }} as known_date,
        {{ end_of_time() }} as known_until_date,
        set_at as event_at,
        set_at,
        known_at,
        source_name
    from taken
),

-- of an account that was merged into another, from the day on which that is known
final as (
    {{ held_facts('dated') }}
)

select * from final
