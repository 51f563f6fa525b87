-- An override is not edited; if one was, its last version counts.
with

landed as (
    {{ raw_rows('salesforce', 'Health_Override__c', [
        ('Id', 'string'),
        ('Account__c', 'string'),
        ('Direction__c', 'string'),
        ('Reason__c', 'string'),
        ('Author__c', 'string'),
        ('Set_At__c', 'timestamp'),
        ('Expires_At__c', 'timestamp'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, Id order by SystemModstamp desc
        ) as version_number
    from landed
),

final as (
    select
        {{ clean_text('Account__c') }} as account_id,
        {{ mapped_value('override_direction', 'Direction__c') }} as direction,
        {{ clean_text('Reason__c') }} as reason,
        {{ clean_text('Author__c') }} as author,
        Set_At__c as set_at,
        Expires_At__c as expires_at,
        cast(null as {{ dbt.type_bigint() }}) as line_number,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at
    from numbered
    where version_number = 1
)

select * from final
