-- Notes of an account, of an opportunity or of a contact of it, but those that their author keeps private: old ones
-- (Note) and enhanced ones (ContentNote), of which the connector gives the title and the first 255 characters; and what
-- was written of a call that was logged (a completed Task of the subtype Call).
with

landed as (
    {{ raw_rows('salesforce', 'Note', [
        ('Id', 'string'),
        ('ParentId', 'string'),
        ('Title', 'string'),
        ('Body', 'string'),
        ('IsPrivate', 'boolean'),
        ('OwnerId', 'string'),
        ('CreatedDate', 'timestamp'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

content_notes as (
    {{ raw_rows('salesforce', 'ContentNote', [
        ('Id', 'string'),
        ('Title', 'string'),
        ('TextPreview', 'string'),
        ('SharingPrivacy', 'string'),
        ('OwnerId', 'string'),
        ('CreatedDate', 'timestamp'),
        ('IsDeleted', 'boolean'),
        ('LastModifiedDate', 'timestamp'),
    ]) }}
),

content_links as (
    {{ raw_rows('salesforce', 'ContentDocumentLink', [
        ('Id', 'string'),
        ('ContentDocumentId', 'string'),
        ('LinkedEntityId', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

numbered_links as (
    select
        content_links.*,
        coalesce(IsDeleted, false) as is_taken_off,
        row_number() over (
            partition by source_name, Id
            order by SystemModstamp desc nulls last, _airbyte_extracted_at desc nulls last
        ) as recency
    from content_links
),

calls as (
    {{ raw_rows('salesforce', 'Task', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('WhatId', 'string'),
        ('TaskSubtype', 'string'),
        ('Status', 'string'),
        ('Subject', 'string'),
        ('Description', 'string'),
        ('OwnerId', 'string'),
        ('CreatedDate', 'timestamp'),
        ('CompletedDateTime', 'timestamp'),
        ('Tenure_Task_Key__c', 'string', 'task_key'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

-- ids of accounts begin with 001, of contacts with 003, of opportunities with 006
contacts as (
    {{ salesforce_account_of('contacts', 'contact_id') }}
),

opportunities as (
    {{ salesforce_account_of('opportunities', 'opportunity_id') }}
),

-- The document of an enhanced note has the note's id, and is linked to its owner and to any number of records. Of an
-- account it is one note, until it is taken off all of them.
linked_accounts as (
    select
        links.source_name,
        links.ContentDocumentId as document_id,
        case
            when links.LinkedEntityId like '001%' then links.LinkedEntityId
            when links.LinkedEntityId like '006%' then opportunities.account_id
            else contacts.account_id
        end as account_id,
        max(case when links.LinkedEntityId like '006%' and not links.is_taken_off then links.LinkedEntityId end)
            as opportunity_id,
        min(case when links.is_taken_off then 1 else 0 end) = 1 as is_taken_off,
        max(case when links.is_taken_off then links.SystemModstamp end) as taken_off_at
    from numbered_links as links
    left join opportunities
        on
            links.source_name = opportunities.source_name
            and links.LinkedEntityId = opportunities.opportunity_id
            and opportunities.recency = 1
    left join contacts
        on
            links.source_name = contacts.source_name
            and links.LinkedEntityId = contacts.contact_id
            and contacts.recency = 1
    where links.recency = 1
    group by 1, 2, 3
),

enhanced as (
    select
        content_notes.Id || '-' || linked_accounts.account_id as note_id,
        linked_accounts.account_id,
        {{ clean_text('content_notes.Title') }} as title,
        {{ clean_text('content_notes.TextPreview') }} as body,
        content_notes.OwnerId as author,
        content_notes.CreatedDate as made_at,
        linked_accounts.opportunity_id,
        content_notes.LastModifiedDate as updated_at,
        content_notes.source_name,
        content_notes._airbyte_extracted_at,
        coalesce(content_notes.IsDeleted, false) or coalesce(content_notes.SharingPrivacy, 'N') = 'P' as is_deleted,
        linked_accounts.is_taken_off,
        linked_accounts.taken_off_at
    from content_notes
    inner join linked_accounts
        on
            content_notes.source_name = linked_accounts.source_name
            and content_notes.Id = linked_accounts.document_id
),

written as (
    select
        landed.Id as note_id,
        case
            when landed.ParentId like '001%' then landed.ParentId
            when landed.ParentId like '006%' then opportunities.account_id
            else contacts.account_id
        end as account_id,
        {{ clean_text('landed.Title') }} as title,
        {{ clean_text('landed.Body') }} as body,
        landed.OwnerId as author,
        landed.CreatedDate as made_at,
        case when landed.ParentId like '006%' then landed.ParentId end as opportunity_id,
        landed.SystemModstamp as updated_at,
        landed.source_name,
        landed._airbyte_extracted_at,
        coalesce(landed.IsDeleted, false) or coalesce(landed.IsPrivate, false) as is_deleted
    from landed
    left join opportunities
        on
            landed.source_name = opportunities.source_name
            and landed.ParentId = opportunities.opportunity_id
            and opportunities.recency = 1
    left join contacts
        on
            landed.source_name = contacts.source_name
            and landed.ParentId = contacts.contact_id
            and contacts.recency = 1
    union all
    select
        note_id,
        account_id,
        title,
        body,
        author,
        made_at,
        opportunity_id,
        updated_at,
        source_name,
        _airbyte_extracted_at,
        is_deleted
    from enhanced
    union all
    select
        note_id,
        account_id,
        title,
        body,
        author,
        made_at,
        opportunity_id,
        greatest(updated_at, taken_off_at) as updated_at,
        source_name,
        _airbyte_extracted_at,
        true as is_deleted
    from enhanced
    where is_taken_off
    union all
    select
        Id as note_id,
        coalesce({{ clean_text('AccountId') }}, case when WhatId like '001%' then WhatId end) as account_id,
        {{ clean_text('Subject') }} as title,
        {{ clean_text('Description') }} as body,
        OwnerId as author,
        coalesce(CompletedDateTime, CreatedDate) as made_at,
        case when WhatId like '006%' then WhatId end as opportunity_id,
        SystemModstamp as updated_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from calls
    where
        TaskSubtype = 'Call'
        and {{ mapped_value('task_status', 'Status') }} = 'completed'
        and {{ clean_text('Description') }} is not null
        and {{ clean_text('Tenure_Task_Key__c') }} is null
),

final as (
    select
        {{ clean_text('note_id') }} as note_id,
        account_id,
        coalesce(title || ': ' || body, title, body) as text,
        {{ clean_text('author') }} as author,
        made_at,
        opportunity_id,
        updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        is_deleted
    from written
    where account_id is not null and coalesce(title, body) is not null
)

select * from final
