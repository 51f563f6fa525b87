with

landed as (
    {{ raw_rows('salesforce', 'Survey_Response__c', [
        ('Id', 'string'),
        ('Account__c', 'string'),
        ('Answered_At__c', 'timestamp'),
        ('Type__c', 'string'),
        ('Score__c', 'number'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as survey_id,
        {{ clean_text('Account__c') }} as account_id,
        Answered_At__c as answered_at,
        {{ mapped_value('survey_type', 'Type__c') }} as type,
        Score__c as score,
        case when IsDeleted then SystemModstamp end as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
)

select * from final
