-- One row per play and time in which a version of its playbook was in force by the as-of day: from which day it begins
-- plays and until which day (that excluded), and the day on which the play was turned off, if it was after that.
with

versions as (

    select * from {{ ref('int_plays__versions_in_force') }}
    where from_date <= {{ as_of_date() }}

),

spans as (

    select
        play,
        version,
        case when {{ is_play_on('play') }} then {{ play_since('play') }} else since_date end as since_date,
        from_date,
        coalesce(lead(from_date) over (partition by play order by from_date), {{ end_of_time() }}) as until_date,
        min(case when version is null then from_date end) over (
            partition by play
            order by from_date
            rows between 1 following and unbounded following
        ) as off_date
    from versions

),

playbooks as (

    select distinct
        play,
        version,
        play_title as title,
        trigger_kind,
        trigger_names,
        trigger_days,
        trigger_value,
        min_arr,
        again_after_days,
        play_segments as segments
    from {{ ref('int_plays__playbook_steps') }}

),

final as (

    select
        playbooks.*,
        greatest(spans.since_date, spans.from_date) as from_date,
        spans.until_date,
        spans.off_date
    from spans
    inner join playbooks
        on spans.play = playbooks.play and spans.version = playbooks.version
    where spans.until_date > greatest(spans.since_date, spans.from_date)

)

select * from final
