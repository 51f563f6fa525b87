{% set columns = [
    'account_id', 'feature', 'valid_from', 'valid_to',
] %}

with

unioned as (
    {{ union_rows([
        ref('stg_files__licensed_features'),
    ], columns) }}
),

{{ version_intervals('unioned', key=['account_id', 'feature', 'valid_from'], updated_at=none) }},

final as (
    select
        account_id,
        feature,
        valid_from,
        known_date,
        known_until_date,
        dated_from_date,
        valid_to,
        known_at,
        source_name
    from versions
)

select * from final
