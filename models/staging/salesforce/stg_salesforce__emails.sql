-- Mail is related to many kinds of record; ids of accounts begin with 001.
with

landed as (
    {{ raw_rows('salesforce', 'EmailMessage', [
        ('Id', 'string'),
        ('RelatedToId', 'string'),
        ('Contact__c', 'string', 'email_contact_id'),
        ('MessageDate', 'timestamp'),
        ('Incoming', 'boolean'),
        ('Replied_At__c', 'timestamp', 'replied_at'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as email_id,
        {{ clean_text('RelatedToId') }} as account_id,
        {{ clean_text('Contact__c') }} as contact_id,
        MessageDate as sent_at,
        case when Incoming then 'in' else 'out' end as direction,
        Replied_At__c as replied_at,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
    where RelatedToId like '001%'
)

select * from final
