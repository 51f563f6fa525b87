-- Only the tasks that Tenure wrote; they carry its key, in the property in which it was written. The first company
-- listed is the account. HubSpot's connector tells nothing of tasks that were archived.
with

landed as (
    {{ raw_rows('hubspot', 'engagements_tasks', [
        ('id', 'string'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('companies', 'json'),
        ('properties_tenure_task_key', 'string', 'task_key'),
        ('properties_hs_task_status', 'string'),
        ('properties_hs_task_completion_date', 'timestamp'),
        ('properties_hubspot_owner_id', 'string'),
        ('properties_tenure_close_reason', 'string'),
    ]) }}
),

final as (
    select
        {{ clean_text('properties_tenure_task_key') }} as task_key,
        {{ json_text('companies', '$[0]') }} as account_id,
        case {{ mapped_value('task_status', 'properties_hs_task_status') }}
            when 'not_started' then 'open'
            when 'waiting' then 'in_progress'
            when 'deferred' then 'ignored'
            else {{ mapped_value('task_status', 'properties_hs_task_status') }}
        end as status,
        {{ clean_text('properties_hubspot_owner_id') }} as owner_id,
        case
            when {{ mapped_value('task_status', 'properties_hs_task_status') }} = 'completed'
                then coalesce(properties_hs_task_completion_date, {{ adapter.quote('updatedAt') }})
        end as completed_at,
        {{ clean_text('properties_tenure_close_reason') }} as close_reason,
        {{ adapter.quote('updatedAt') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(archived, false) as is_deleted
    from landed
    where {{ clean_text('properties_tenure_task_key') }} is not null
)

select * from final
