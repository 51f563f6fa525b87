{% set columns = [
    'user_id', 'email', 'name', 'role', 'manager_id', 'is_active',
] %}

with

unioned as (
    {{ union_rows(entity_models('users'), columns) }}
),

{{ taken_rows('users', 'unioned') }},

{{ version_intervals('taken', key=['user_id'], updated_at=none) }},

final as (
    select
        user_id,
        known_date,
        known_until_date,
        email,
        name,
        role,
        manager_id,
        coalesce(is_active, true) as is_active,
        known_at,
        source_name
    from versions
)

select * from final
