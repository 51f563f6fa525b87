-- Notes of an account, of an opportunity or of a contact of it, but those that their author keeps private; and what was
-- written of a call that was logged (a completed Task of the subtype Call).
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
