with

landed as (
    {{ raw_rows('salesforce', 'Account', [
        ('Id', 'string'),
        ('Name', 'string'),
        ('OwnerId', 'string'),
        ('ParentId', 'string'),
        ('Website', 'string', 'domain'),
        ('CreatedDate', 'timestamp'),
        ('Industry', 'string'),
        ('Region__c', 'string', 'region'),
        ('Territory__c', 'string', 'territory'),
        ('Segment__c', 'string', 'segment'),
        ('Onboarded_At__c', 'timestamp', 'onboarded_at'),
        ('Is_Acquired__c', 'boolean', 'is_acquired'),
        ('Is_Customer__c', 'string', 'is_customer'),
        ('Customer_Since__c', 'timestamp', 'customer_since'),
        ('Record_Url__c', 'string', 'crm_url'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as account_id,
        {{ clean_text('Name') }} as name,
        {{ clean_text('OwnerId') }} as owner_id,
        cast(null as {{ dbt.type_string() }}) as owner_email,
        {{ clean_text('ParentId') }} as parent_account_id,
        CreatedDate as created_at,
        {{ clean_text('Industry') }} as industry,
        {{ clean_text('Region__c') }} as region,
        {{ clean_text('Territory__c') }} as territory,
        lower({{ clean_text('Segment__c') }}) as segment,
        Onboarded_At__c as onboarded_at,
        Is_Acquired__c as is_acquired,
        {{ is_customer('Is_Customer__c') }} as is_customer,
        coalesce(Customer_Since__c, SystemModstamp) as customer_since,
        {{ record_url('Record_Url__c', 'Id') }} as crm_url,
        {{ web_domain('Website') }} as domain,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
)

select * from final
