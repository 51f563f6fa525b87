-- All of usage, counted: what landed since the history was last built, and what it stands on of the sources of which
-- only that was read. One row per source, account and period, or source and day of the events, and load.
{{ config(materialized='view') }}
{%- set built = relation_there('int_history__built_usage') %}

with

landed as (
    select * from {{ ref('int_usage__landed') }}
),

-- Built last, it has at the end of a run what landed, too.
built as (
    {%- if built is none %}
    select * from landed
    where false
    {%- else %}
    select * from {{ built }}
    where
        source_name in (select landed.source_name from landed where landed.is_appended)
        and loaded_by not in (select landed.loaded_by from landed)
    {%- endif %}
),

unioned as (
    select
        source_name,
        account_id,
        event_date,
        row_count,
        event_count,
        in_time_count,
        first_known_date
    from landed
    union all
    select
        source_name,
        account_id,
        event_date,
        row_count,
        event_count,
        in_time_count,
        first_known_date
    from built
)

select * from unioned
