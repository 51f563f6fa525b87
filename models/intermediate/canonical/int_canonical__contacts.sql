{% set columns = [
    'contact_id', 'account_id', 'email', 'name', 'title', 'role', 'is_exec_sponsor', 'is_champion',
    'has_consent', 'left_at', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('contacts'), columns) }}
),

{{ taken_rows('contacts', 'unioned') }},

{{ version_intervals('taken', key=['contact_id'], is_held=true) }},

final as (
    select
        contact_id,
        known_date,
        known_until_date,
        dated_from_date,
        account_id,
        email,
        name,
        title,
        role,
        {{ local_date('left_at') }} as left_date,
        coalesce(is_exec_sponsor, false) as is_exec_sponsor,
        coalesce(is_champion, false) as is_champion,
        coalesce(has_consent, true) as has_consent,
        left_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
