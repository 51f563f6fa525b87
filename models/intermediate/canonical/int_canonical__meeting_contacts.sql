{{ config(materialized='view') }}

with

meetings as (
    select
        meeting_id,
        known_date,
        contact_ids
    from {{ ref('int_canonical__meetings') }}
    where contact_ids is not null
),

listed as (
    select
        meetings.meeting_id,
        meetings.known_date,
        {{ salesforce_id(clean_text('listed_id')) }} as contact_id
    from meetings
    cross join {{ list_items('meetings.contact_ids', 'listed_id') }}
),

final as (
    select distinct
        meeting_id,
        known_date,
        contact_id
    from listed
    where contact_id is not null
)

select * from final
