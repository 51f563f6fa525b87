-- One row per usage source and day from the first that it delivered anything for in time: the rows it delivered for the
-- day that it should have delivered by then (its delay earlier), the median of the same weekday over the weeks before,
-- and whether the feed looks broken. Rows that came late count nowhere.
with

rules as (
    {{ rule_values('score_rules', ['stale_share', 'stale_weeks', 'stale_min_weeks']) }}
),

event_days as (
    select
        source_name,
        event_date,
        sum(in_time_count) as row_count,
        max({{ source_delay_days() }}) as delay_days
    from {{ ref('int_usage__counts') }}
    where event_date is not null
    group by source_name, event_date
),

-- A feed does not begin with what was filled in later: that would change what earlier days were told.
sources as (
    select
        source_name,
        max(delay_days) as delay_days,
        min(event_date) as first_date
    from event_days
    where row_count > 0
    group by source_name
),

feed_days as (
    select
        sources.source_name,
        sources.delay_days,
        days.as_of_date as event_date
    from sources
    cross join {{ date_series(
        'sources.first_date', date_add_days(as_of_date(), '-sources.delay_days')
    ) }} as days
),

filled as (
    select
        feed_days.source_name,
        feed_days.event_date,
        {{ date_add_days('feed_days.event_date', 'feed_days.delay_days') }} as as_of_date,
        coalesce(event_days.row_count, 0) as row_count
    from feed_days
    left join event_days
        on
            feed_days.source_name = event_days.source_name
            and feed_days.event_date = event_days.event_date
),

weekdays as (
    select
        filled.source_name,
        filled.event_date,
        past.row_count,
        row_number() over (
            partition by filled.source_name, filled.event_date order by past.row_count
        ) as position,
        count(*) over (partition by filled.source_name, filled.event_date) as week_count
    from filled
    cross join rules
    inner join filled as past
        on
            filled.source_name = past.source_name
            and filled.event_date > past.event_date
            and {{ days_between('past.event_date', 'filled.event_date') }} <= 7 * rules.stale_weeks
            and mod({{ days_between('past.event_date', 'filled.event_date') }}, 7) = 0
),

medians as (
    select
        source_name,
        event_date,
        max(week_count) as week_count,
        avg(row_count) as median_row_count
    from weekdays
    where 2 * position between week_count and week_count + 2
    group by source_name, event_date
),

final as (
    select
        filled.source_name,
        filled.as_of_date,
        filled.event_date,
        filled.row_count,
        medians.median_row_count,
        coalesce(
            medians.week_count >= rules.stale_min_weeks
            and filled.row_count < rules.stale_share * medians.median_row_count,
            false
        ) as is_stale
    from filled
    cross join rules
    left join medians
        on
            filled.source_name = medians.source_name
            and filled.event_date = medians.event_date
)

select * from final
