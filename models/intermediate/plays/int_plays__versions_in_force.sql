-- One row per play and change of the version of its playbook that is in force: the version (null: the play was turned
-- off), the day since when it is turned on, the day from which the version is in force (the first one from the
-- beginning on), and the as-of day on which it was found. A play goes on by the version that was in force when it
-- began. It cannot be built again, so that --full-refresh leaves it alone.
{{ config(
    materialized='incremental',
    full_refresh=false,
    unique_key=['play', 'from_date'],
    on_schema_change='append_new_columns',
) }}
{%- set is_there = flags.INTROSPECT is not false and is_incremental() %}
with

turned_on as (
    select
        play,
        version,
        {{ play_since('play') }} as since_date
    from {{ ref('plays') }}
    where {{ is_play_on('play') }}
),
{%- if is_there %}

latest as (
    select
        play,
        version,
        since_date,
        from_date,
        found_on,
        row_number() over (partition by play order by from_date desc) as recency
    from {{ this }}
),

held as (
    select * from latest
    where recency = 1
),

-- What is found twice on a day was never in force in between.
changed as (
    select
        held.play,
        turned_on.version,
        coalesce(turned_on.since_date, held.since_date) as since_date,
        case when held.found_on = {{ as_of_date() }} then held.from_date else {{ as_of_date() }} end as from_date,
        {{ as_of_date() }} as found_on
    from held
    left join turned_on
        on held.play = turned_on.play
    where
        coalesce(held.version, 0) <> coalesce(turned_on.version, 0)
        and held.found_on <= {{ as_of_date() }}
),
{%- endif %}

final as (
    select
        turned_on.play,
        turned_on.version,
        turned_on.since_date,
        {{ beginning_of_time() }} as from_date,
        {{ as_of_date() }} as found_on
    from turned_on
    {%- if is_there %}
    left join held
        on turned_on.play = held.play
    where held.play is null
    union all
    select
        play,
        version,
        since_date,
        from_date,
        found_on
    from changed
    {%- endif %}
)

select * from final
