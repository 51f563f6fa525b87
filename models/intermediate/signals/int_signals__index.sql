-- One row per segment and signal of the preset in use, with its weight: segment `all`, and each segment that has a
-- weight of its own, where the other signals keep theirs.
with

definitions as (
    select * from {{ ref('signal_definitions') }}
    where preset = '{{ var("signals_preset") }}'
),

defaults as (
    select * from definitions
    where segment is null
),

segments as (
    select 'all' as segment
    union distinct
    select segment from definitions
    where segment is not null
),

final as (
    select
        segments.segment,
        defaults.signal,
        defaults.dimension,
        defaults.source_entity,
        coalesce(definitions.weight, defaults.weight) as weight
    from defaults
    cross join segments
    left join definitions
        on
            defaults.signal = definitions.signal
            and segments.segment = definitions.segment
)

select * from final
