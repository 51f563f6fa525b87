-- One row per source, canonical entity that it feeds and day on which the line ran and the source was past its red
-- line, with the last day before on which it was not (null when that is longer ago than a value may be frozen). A day
-- is judged by the syncs known by its end: hours run from the last good one to the day's last sync of any source, or to
-- the day's beginning. Before its first good sync a source is not stale: such days were filled in later.
with

rules as (
    {{ rule_values('score_rules', ['frozen_days']) }}
),

syncs as (
    select * from {{ ref('stg_ops__syncs') }}
    where started_date <= {{ as_of_date() }}
),

line_days as (
    select
        started_date as as_of_date,
        max(started_at) as last_started_at
    from syncs
    group by started_date
),

good_syncs as (
    select
        source_name,
        started_at,
        ended_date
    from syncs
    where status = 'succeeded' and ended_date <= {{ as_of_date() }}
),

sources as (
    select
        source_name,
        {{ source_red_line_hours() }} as red_line_hours,
        min(ended_date) as first_date
    from good_syncs
    group by source_name
),

source_days as (
    select
        sources.source_name,
        sources.red_line_hours,
        days.as_of_date
    from sources
    cross join {{ date_series('sources.first_date', as_of_date()) }} as days
),

last_good as (
    select
        source_days.source_name,
        source_days.red_line_hours,
        source_days.as_of_date,
        max(good_syncs.started_at) as last_ok_at
    from source_days
    inner join good_syncs
        on
            source_days.source_name = good_syncs.source_name
            and source_days.as_of_date >= good_syncs.ended_date
    group by source_days.source_name, source_days.red_line_hours, source_days.as_of_date
),

judged as (
    select
        last_good.source_name,
        last_good.as_of_date,
        line_days.as_of_date is not null as has_run,
        {{ hours_between(
            'last_good.last_ok_at',
            'greatest(' ~ local_midnight('last_good.as_of_date')
            ~ ', coalesce(line_days.last_started_at, ' ~ local_midnight('last_good.as_of_date') ~ '))',
        ) }} > last_good.red_line_hours as is_past
    from last_good
    left join line_days
        on last_good.as_of_date = line_days.as_of_date
),

dated as (
    select
        source_name,
        as_of_date,
        has_run,
        is_past,
        max(case when not is_past then as_of_date end) over (
            partition by source_name
            order by as_of_date
            rows between unbounded preceding and 1 preceding
        ) as fresh_date
    from judged
),

fed as (
    {%- for entity, source_name in entity_sources() %}
    select
        '{{ entity }}' as source_entity,
        '{{ source_name }}' as source_name
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        '' as source_entity,
        '' as source_name
    {{ no_rows() }}
    {%- endfor %}
),

final as (
    select
        dated.source_name,
        fed.source_entity,
        dated.as_of_date,
        case
            when {{ days_between('dated.fresh_date', 'dated.as_of_date') }} <= rules.frozen_days
                then dated.fresh_date
        end as fresh_date
    from dated
    inner join fed
        on dated.source_name = fed.source_name
    cross join rules
    where dated.is_past and dated.has_run
)

select * from final
