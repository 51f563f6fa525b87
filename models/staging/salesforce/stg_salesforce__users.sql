-- A user has no `updated_at` in the canonical shape: the first version stands for all
-- days before it, each later one counts from its own SystemModstamp.
with

landed as (
    {{ raw_rows('salesforce', 'User', [
        ('Id', 'string'),
        ('Email', 'string'),
        ('Name', 'string'),
        ('Tenure_Role__c', 'string', 'role'),
        ('ManagerId', 'string'),
        ('IsActive', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, Id order by SystemModstamp, _airbyte_extracted_at
        ) as version_number
    from landed
),

final as (
    select
        {{ clean_text('Id') }} as user_id,
        {{ clean_text('Email') }} as email,
        {{ clean_text('Name') }} as name,
        {{ mapped_value('user_role', 'Tenure_Role__c') }} as role,
        {{ clean_text('ManagerId') }} as manager_id,
        IsActive as is_active,
        case when version_number > 1 then SystemModstamp end as known_at,
        source_name,
        _airbyte_extracted_at
    from numbered
)

select * from final
