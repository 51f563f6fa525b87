-- One row per segment and signal of the preset in use, with its weight: segment `all`, and each segment that has a
-- weight of its own, where the other signals keep theirs. Shadow signals are among them, with weight 0.
with

definitions as (
    select * from {{ ref('signal_definitions') }}
    where preset = '{{ var("signals_preset") }}'
),

-- Shadow signals have weight 0: computed and kept, not scored.
defaults as (
    select
        signal,
        dimension,
        source_entity,
        weight,
        assumed_weight,
        fitted_on
    from definitions
    where segment is null
    {%- for signal in var('shadow_signals') %}
    union all
    select
        signal,
        max(dimension),
        max(source_entity),
        0,
        cast(null as {{ dbt.type_float() }}),
        cast(null as date)
    from {{ ref('signal_definitions') }}
    where
        signal = '{{ signal }}'
        and signal not in (select definitions.signal from definitions)
    group by signal
    {%- endfor %}
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
        coalesce(definitions.weight, defaults.weight) as weight,
        case when definitions.signal is null then defaults.assumed_weight else definitions.assumed_weight end
            as assumed_weight,
        case when definitions.signal is null then defaults.fitted_on else definitions.fitted_on end as fitted_on
    from defaults
    cross join segments
    left join definitions
        on
            defaults.signal = definitions.signal
            and segments.segment = definitions.segment
)

select * from final
