{% set columns = [
    'survey_id', 'account_id', 'answered_at', 'type', 'score',
] %}

with

unioned as (
    {{ union_rows(entity_models('surveys'), columns) }}
),

{{ taken_rows('surveys', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['survey_id'],
    updated_at=none,
    earliest_date=local_date(source_known_at('answered_at')),
    is_held=true,
) }},

final as (
    select
        survey_id,
        known_date,
        known_until_date,
        account_id,
        type,
        {{ local_date('answered_at') }} as event_date,
        score,
        answered_at as event_at,
        answered_at,
        known_at,
        source_name
    from versions
)

select * from final
