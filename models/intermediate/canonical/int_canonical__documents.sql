{% set columns = [
    'account_id', 'title', 'url', 'kind', 'made_at', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('documents'), columns) }}
),

{{ taken_rows('documents', 'unioned') }},

{{ version_intervals('taken', key=['account_id', 'url'], is_held=true) }},

final as (
    select
        account_id,
        url,
        known_date,
        known_until_date,
        title,
        kind,
        {{ local_date('made_at') }} as made_date,
        made_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
