-- A meeting without an outcome, or with that of being scheduled, is still planned, and no meeting yet. What
-- kind it is says the meeting type, else the title. The first company listed is the account.
with

landed as (
    {{ raw_rows('hubspot', 'engagements_meetings', [
        ('id', 'string'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('companies', 'json'),
        ('contacts', 'json'),
        ('properties_hs_activity_type', 'string', 'meeting_type'),
        ('properties_hs_meeting_title', 'string'),
        ('properties_hs_meeting_start_time', 'timestamp'),
        ('properties_hs_timestamp', 'timestamp'),
        ('properties_hs_meeting_outcome', 'string', 'meeting_status'),
        ('properties_hs_internal_meeting_notes', 'string'),
    ]) }}
),

read as (
    select
        landed.*,
        {{ json_text('companies', '$[0]') }} as account_id,
        lower(
            coalesce({{ clean_text('properties_hs_activity_type') }}, properties_hs_meeting_title, '')
        ) as type_text,
        case replace(upper(properties_hs_meeting_outcome), ' ', '_')
            when 'COMPLETED' then 'attended'
            when 'ATTENDED' then 'attended'
            when 'NO_SHOW' then 'missed'
            when 'MISSED' then 'missed'
            when 'RECAP' then 'recap'
            when 'CANCELED' then 'cancelled'
            when 'CANCELLED' then 'cancelled'
            when 'RESCHEDULED' then 'cancelled'
        end as status
    from landed
),

final as (
    select
        id as meeting_id,
        account_id,
        case
            when type_text like '%qbr%' or type_text like '%quarterly business review%' then 'qbr'
            when type_text like '%sponsor%' then 'sponsor'
            else 'other'
        end as type,
        coalesce(properties_hs_meeting_start_time, properties_hs_timestamp) as scheduled_at,
        status,
        nullif({{ json_as_text('contacts') }}, 'null') as contact_ids,
        {{ clean_text('properties_hs_internal_meeting_notes') }} as notes,
        {{ adapter.quote('updatedAt') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(archived, false) as is_deleted
    from read
    where account_id is not null and status is not null
)

select * from final
