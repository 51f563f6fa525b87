-- An event without a status is still planned, and no meeting yet; so is one whose status says so.
with

landed as (
    {{ raw_rows('salesforce', 'Event', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('Meeting_Type__c', 'string', 'meeting_type'),
        ('StartDateTime', 'timestamp'),
        ('Meeting_Status__c', 'string', 'meeting_status'),
        ('Attendee_Contact_Ids__c', 'string', 'meeting_contact_ids'),
        ('Description', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as meeting_id,
        {{ clean_text('AccountId') }} as account_id,
        case
            when {{ mapped_value('meeting_type', 'Meeting_Type__c') }} in ('qbr', 'sponsor')
                then {{ mapped_value('meeting_type', 'Meeting_Type__c') }}
            else 'other'
        end as type,
        StartDateTime as scheduled_at,
        {{ mapped_value('meeting_status', 'Meeting_Status__c') }} as status,
        {{ clean_text('Attendee_Contact_Ids__c') }} as contact_ids,
        {{ clean_text('Description') }} as notes,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
    where
        AccountId is not null
        and coalesce({{ mapped_value('meeting_status', 'Meeting_Status__c') }}, 'planned')
        not in ('planned', 'scheduled', 'not_started', 'open')
)

select * from final
