-- Salesforce's EndDate is the last day of the contract, and a date of cancellation the last one it holds; a term
-- ends on the day after. A contract is in force once it is activated, whatever an org calls that; `StatusCode` is
-- what it means.
with

landed as (
    {{ raw_rows('salesforce', 'Contract', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('StartDate', 'date'),
        ('EndDate', 'date'),
        ('ARR__c', 'numeric', 'arr'),
        ('CurrencyIsoCode', 'string'),
        ('Seats__c', 'integer', 'seats'),
        ('Product__c', 'string', 'product'),
        ('Auto_Renew__c', 'boolean', 'auto_renew'),
        ('Notice_Days__c', 'integer', 'notice_days'),
        ('Renewal_Owner__c', 'string', 'renewal_owner_id'),
        ('Previous_Contract__c', 'string', 'previous_contract_id'),
        ('Cancelled_At__c', 'timestamp', 'cancelled_at'),
        ('Cancel_Effective_Date__c', 'date', 'cancel_effective_date'),
        ('Cancel_Reason__c', 'string', 'cancel_reason'),
        ('Status', 'string'),
        ('StatusCode', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as contract_id,
        {{ clean_text('AccountId') }} as account_id,
        StartDate as term_start_date,
        {{ end_of_last_day('EndDate') }} as term_end_date,
        ARR__c as arr,
        upper({{ clean_text('CurrencyIsoCode') }}) as currency_code,
        Seats__c as seats,
        {{ clean_text('Product__c') }} as product,
        Auto_Renew__c as auto_renew,
        Notice_Days__c as notice_days,
        {{ clean_text('Renewal_Owner__c') }} as renewal_owner_id,
        {{ clean_text('Previous_Contract__c') }} as previous_contract_id,
        Cancelled_At__c as cancelled_at,
        {{ end_of_last_day('Cancel_Effective_Date__c') }} as cancel_effective_date,
        {{ clean_text('Cancel_Reason__c') }} as cancel_reason,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        case replace(lower(coalesce({{ clean_text('StatusCode') }}, {{ clean_text('Status') }})), ' ', '')
            when 'draft' then 'draft'
            when 'inapproval' then 'in_approval'
            when 'inapprovalprocess' then 'in_approval'
        end as left_out_reason,
        coalesce(IsDeleted, false) as is_deleted
    from landed
)

select * from final
