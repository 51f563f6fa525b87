-- A licensed feature has no `updated_at` in the canonical shape: the first version counts
-- from `valid_from`, each later one from its own SystemModstamp.
with

landed as (
    {{ raw_rows('salesforce', 'Licensed_Feature__c', [
        ('Id', 'string'),
        ('Account__c', 'string'),
        ('Feature__c', 'string'),
        ('Valid_From__c', 'date'),
        ('Valid_To__c', 'date'),
        ('IsDeleted', 'boolean'),
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
        {{ clean_text('Account__c') }} as account_id,
        {{ clean_text('Feature__c') }} as feature,
        Valid_From__c as valid_from,
        Valid_To__c as valid_to,
        case when version_number > 1 then SystemModstamp end as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from numbered
)

select * from final
