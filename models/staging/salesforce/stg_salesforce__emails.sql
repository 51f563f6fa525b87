-- Mail of an account: related to the account itself, to an opportunity of it, or, without either, sent to or by one
-- of its contacts (EmailMessageRelation). Who it went to or came from is the contact. A mail is answered by the
-- first that says it is the reply to it (ReplyToEmailMessageId), unless a field of the org's own says when.
with

landed as (
    {{ raw_rows('salesforce', 'EmailMessage', [
        ('Id', 'string'),
        ('RelatedToId', 'string'),
        ('Contact__c', 'string', 'email_contact_id'),
        ('MessageDate', 'timestamp'),
        ('Incoming', 'boolean'),
        ('ReplyToEmailMessageId', 'string'),
        ('Replied_At__c', 'timestamp', 'replied_at'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

relations as (
    {{ raw_rows('salesforce', 'EmailMessageRelation', [
        ('EmailMessageId', 'string'),
        ('RelationId', 'string'),
        ('RelationType', 'string'),
        ('IsDeleted', 'boolean'),
    ]) }}
),

-- ids of contacts begin with 003, of accounts with 001, of opportunities with 006
people as (
    select
        source_name,
        EmailMessageId as email_id,
        min(case when RelationType = 'FromAddress' then RelationId end) as from_contact_id,
        min(case when RelationType = 'ToAddress' then RelationId end) as to_contact_id
    from relations
    where RelationId like '003%' and not coalesce(IsDeleted, false)
    group by source_name, EmailMessageId
),

replies as (
    select
        source_name,
        ReplyToEmailMessageId as email_id,
        min(MessageDate) as replied_at
    from landed
    where ReplyToEmailMessageId is not null and Incoming and not coalesce(IsDeleted, false)
    group by source_name, ReplyToEmailMessageId
),

contacts as (
    {{ salesforce_account_of('contacts', 'contact_id') }}
),

opportunities as (
    {{ salesforce_account_of('opportunities', 'opportunity_id') }}
),

placed as (
    select
        landed.*,
        coalesce(
            {{ clean_text('landed.Contact__c') }},
            case when landed.Incoming then people.from_contact_id else people.to_contact_id end
        ) as contact_id,
        replies.replied_at
    from landed
    left join people
        on landed.source_name = people.source_name and landed.Id = people.email_id
    left join replies
        on
            landed.source_name = replies.source_name
            and landed.Id = replies.email_id
            and not coalesce(landed.Incoming, false)
),

final as (
    select
        {{ clean_text('placed.Id') }} as email_id,
        case
            when placed.RelatedToId like '001%' then placed.RelatedToId
            when placed.RelatedToId like '006%' then opportunities.account_id
            else contacts.account_id
        end as account_id,
        placed.contact_id,
        placed.MessageDate as sent_at,
        case when placed.Incoming then 'in' else 'out' end as direction,
        coalesce(placed.Replied_At__c, placed.replied_at) as replied_at,
        placed.SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        placed.source_name,
        placed._airbyte_extracted_at,
        coalesce(placed.IsDeleted, false) as is_deleted
    from placed
    left join opportunities
        on
            placed.source_name = opportunities.source_name
            and placed.RelatedToId = opportunities.opportunity_id
            and opportunities.recency = 1
    left join contacts
        on
            placed.source_name = contacts.source_name
            and placed.contact_id = contacts.contact_id
            and contacts.recency = 1
)

select * from final
where account_id is not null
