{% set columns = [
    'currency_code', 'valid_from', 'rate',
] %}

with

unioned as (
    {{ union_rows(entity_models('rates'), columns) }}
),

{{ taken_rows('rates', 'unioned') }},

{{ version_intervals('taken', key=['currency_code', 'valid_from'], updated_at=none) }},

final as (
    select
        currency_code,
        valid_from,
        known_date,
        known_until_date,
        rate,
        known_at,
        source_name
    from versions
)

select * from final
