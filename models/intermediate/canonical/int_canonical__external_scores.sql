{% set columns = [
    'account_id', 'scored_on', 'score', 'category', 'system',
] %}

with

unioned as (
    {{ union_rows(entity_models('external_scores'), columns) }}
),

{{ taken_rows('external_scores', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['account_id', 'system', 'scored_on'],
    updated_at=none,
    earliest_date=local_date(source_known_at(local_midnight('scored_on'))),
    is_held=true,
) }},

final as (
    select
        account_id,
        system,
        scored_on,
        known_date,
        known_until_date,
        score,
        category,
        told_account_id,
        known_at,
        source_name
    from versions
)

select * from final
