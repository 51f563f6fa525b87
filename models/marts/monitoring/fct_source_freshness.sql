-- One row per source that was ever synced: how long ago it last went well, whether that is past its red line, how often
-- it failed lately, and whether its usage feed is quiet. Hours run to the latest sync of any source, or to the start of
-- the as-of day when that is later: nothing here asks the clock.
with

syncs as (

    select * from {{ ref('stg_ops__syncs') }}

),

numbered as (

    select
        source_name,
        kind,
        started_at,
        started_date,
        status,
        row_count,
        rejected_count,
        error_code,
        row_number() over (partition by source_name order by started_at desc) as recency
    from syncs

),

looked_at as (

    select greatest(max(started_at), {{ local_midnight(as_of_date()) }}) as looked_at
    from syncs

),

by_source as (

    select
        source_name,
        max(case when recency = 1 then kind end) as kind,
        max(case when recency = 1 then status end) as last_status,
        max(case when recency = 1 then error_code end) as last_error_code,
        max(case when recency = 1 then row_count end) as last_row_count,
        max(case when recency = 1 then rejected_count end) as last_rejected_count,
        max(case when status = 'succeeded' then started_at end) as last_ok_at,
        count(case when recency <= 2 and status != 'succeeded' then 1 end) as failures_in_a_row,
        count(case
            when status != 'succeeded' and started_date > {{ date_add_days(as_of_date(), '-30') }} then 1
        end) as failures_30d,
        {{ source_red_line_hours() }} as red_line_hours,
        {{ source_warn_hours() }} as warn_hours
    from numbered
    group by source_name

),

quiet_feeds as (

    select source_name
    from {{ ref('int_usage__feed_days') }}
    where as_of_date = {{ as_of_date() }} and is_stale

),

final as (

    select
        by_source.source_name,
        by_source.kind,
        by_source.last_status,
        by_source.last_error_code,
        by_source.last_ok_at,
        {{ hours_between('by_source.last_ok_at', 'looked_at.looked_at') }} as hours_since_ok,
        by_source.red_line_hours,
        coalesce(
            {{ hours_between('by_source.last_ok_at', 'looked_at.looked_at') }} > by_source.red_line_hours,
            true
        ) as is_stale,
        by_source.warn_hours,
        coalesce(
            {{ hours_between('by_source.last_ok_at', 'looked_at.looked_at') }} > by_source.warn_hours,
            by_source.last_ok_at is null
        ) as is_late,
        by_source.failures_in_a_row >= 2 as is_failing_again,
        by_source.failures_30d,
        by_source.last_row_count,
        by_source.last_rejected_count,
        quiet_feeds.source_name is not null as is_quiet
    from by_source
    cross join looked_at
    left join quiet_feeds
        on by_source.source_name = quiet_feeds.source_name

)

select * from final
