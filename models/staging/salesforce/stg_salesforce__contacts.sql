with

landed as (
    {{ raw_rows('salesforce', 'Contact', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('Email', 'string'),
        ('Is_Exec_Sponsor__c', 'boolean', 'is_exec_sponsor'),
        ('Is_Champion__c', 'boolean', 'is_champion'),
        ('Has_Consent__c', 'boolean', 'has_consent'),
        ('Left_At__c', 'timestamp', 'left_at'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as contact_id,
        {{ clean_text('AccountId') }} as account_id,
        {{ clean_text('Email') }} as email,
        Is_Exec_Sponsor__c as is_exec_sponsor,
        Is_Champion__c as is_champion,
        Has_Consent__c as has_consent,
        Left_At__c as left_at,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
    where AccountId is not null
)

select * from final
