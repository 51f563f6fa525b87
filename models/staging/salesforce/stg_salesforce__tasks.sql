-- Only the tasks that Tenure wrote; they carry its key, in the field in which it was written.
with

landed as (
    {{ raw_rows('salesforce', 'Task', [
        ('Tenure_Task_Key__c', 'string', 'task_key'),
        ('AccountId', 'string'),
        ('WhatId', 'string'),
        ('Status', 'string'),
        ('OwnerId', 'string'),
        ('CompletedDateTime', 'timestamp'),
        ('Tenure_Close_Reason__c', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Tenure_Task_Key__c') }} as task_key,
        coalesce({{ clean_text('AccountId') }}, {{ clean_text('WhatId') }}) as account_id,
        case {{ mapped_value('task_status', 'Status') }}
            when 'not_started' then 'open'
            when 'waiting_on_someone_else' then 'in_progress'
            when 'deferred' then 'ignored'
            else {{ mapped_value('task_status', 'Status') }}
        end as status,
        {{ clean_text('OwnerId') }} as owner_id,
        CompletedDateTime as completed_at,
        {{ clean_text('Tenure_Close_Reason__c') }} as close_reason,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
    where {{ clean_text('Tenure_Task_Key__c') }} is not null
)

select * from final
