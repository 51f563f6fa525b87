{% set columns = [
    'document_id', 'account_id', 'title', 'url', 'kind', 'made_at', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('documents'), columns) }}
),

{{ taken_rows('documents', 'unioned') }},

{{ version_intervals('taken', key=['document_id'], is_held=true) }},

final as (
    select
        document_id,
        account_id,
        known_date,
        known_until_date,
        url,
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
