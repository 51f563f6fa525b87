{% set columns = [
    'outcome_id', 'account_id', 'goal', 'target', 'value', 'unit', 'due_date', 'measured_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('outcomes'), columns) }}
),

{{ taken_rows('outcomes', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['outcome_id'],
    updated_at='measured_at',
    earliest_date=local_date(source_known_at('measured_at')),
    is_held=true,
) }},

final as (
    select
        outcome_id,
        known_date,
        known_until_date,
        account_id,
        goal,
        target,
        value,
        unit,
        due_date,
        {{ local_date('measured_at') }} as event_date,
        measured_at as event_at,
        measured_at,
        known_at,
        source_name
    from versions
)

select * from final
