-- An event without a status is still planned, and no meeting yet; so is one whose status says so. What kind it is
-- says a field of the org's own, else the subject. Who was asked is a field of the org's own, else the contacts
-- among its attendees (EventRelation) who did not decline, else the contact that it is with.
with

landed as (
    {{ raw_rows('salesforce', 'Event', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('WhoId', 'string'),
        ('Subject', 'string'),
        ('Meeting_Type__c', 'string', 'meeting_type'),
        ('StartDateTime', 'timestamp'),
        ('Meeting_Status__c', 'string', 'meeting_status'),
        ('Attendee_Contact_Ids__c', 'string', 'meeting_contact_ids'),
        ('Description', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

relations as (
    {{ raw_rows('salesforce', 'EventRelation', [
        ('Id', 'string'),
        ('EventId', 'string'),
        ('RelationId', 'string'),
        ('Status', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

-- what each says last
last_relations as (
    select
        relations.*,
        row_number() over (
            partition by source_name, Id order by SystemModstamp desc nulls last, _airbyte_extracted_at desc nulls last
        ) as recency
    from relations
),

attendees as (
    select
        source_name,
        EventId as meeting_id,
        string_agg(distinct RelationId, ';' order by RelationId) as contact_ids
    from last_relations
    where
        recency = 1
        and RelationId like '003%'
        and not coalesce(IsDeleted, false)
        and coalesce(Status, '') <> 'Declined'
    group by source_name, EventId
),

typed as (
    select
        landed.*,
        coalesce({{ mapped_value('meeting_type', 'Meeting_Type__c') }}, {{ spelled('Subject') }}, '') as type_text,
        {{ mapped_value('meeting_status', 'Meeting_Status__c') }} as status
    from landed
),

final as (
    select
        {{ clean_text('typed.Id') }} as meeting_id,
        {{ clean_text('typed.AccountId') }} as account_id,
        case
            when typed.type_text like '%qbr%' or typed.type_text like '%business_review%' then 'qbr'
            when typed.type_text like '%sponsor%' then 'sponsor'
            else 'other'
        end as type,
        typed.StartDateTime as scheduled_at,
        typed.status,
        coalesce(
            {{ clean_text('typed.Attendee_Contact_Ids__c') }},
            attendees.contact_ids,
            case when typed.WhoId like '003%' then {{ clean_text('typed.WhoId') }} end
        ) as contact_ids,
        {{ clean_text('typed.Description') }} as notes,
        typed.SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        typed.source_name,
        typed._airbyte_extracted_at,
        coalesce(typed.IsDeleted, false) as is_deleted
    from typed
    left join attendees
        on typed.source_name = attendees.source_name and typed.Id = attendees.meeting_id
    where
        typed.AccountId is not null
        and coalesce(typed.status, 'planned') not in ('planned', 'scheduled', 'not_started', 'open')
)

select * from final
