{% set columns = [
    'account_id', 'feature', 'valid_from', 'valid_to',
] %}

with

unioned as (
    {{ union_rows(entity_models('licensed_features'), columns) }}
),

{{ taken_rows('licensed_features', 'unioned') }},

-- what is licensed from a day on is known from that day, unless the input says otherwise
dated_by_validity as (
    select
        account_id,
        feature,
        valid_from,
        valid_to,
        coalesce(known_at, {{ local_midnight('valid_from') }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        is_deleted
    from taken
),

{{ version_intervals(
    'dated_by_validity', key=['account_id', 'feature', 'valid_from'], updated_at=none, is_held=true
) }},

final as (
    select
        account_id,
        feature,
        valid_from,
        known_date,
        known_until_date,
        dated_from_date,
        valid_to,
        told_account_id,
        known_at,
        source_name
    from versions
)

select * from final
