with

landed as (
    {{ raw_rows('salesforce', 'Opportunity', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('ContractId', 'string', 'renewed_contract_id'),
        ('Type', 'string'),
        ('StageName', 'string'),
        ('Amount', 'numeric'),
        ('CloseDate', 'date'),
        ('IsClosed', 'boolean'),
        ('IsWon', 'boolean'),
        ('Loss_Reason__c', 'string', 'loss_reason'),
        ('ForecastCategory', 'string', 'forecast_category'),
        ('CreatedDate', 'timestamp'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as opportunity_id,
        {{ clean_text('AccountId') }} as account_id,
        {{ clean_text('ContractId') }} as contract_id,
        case
            when {{ mapped_value('opportunity_type', 'Type') }} in ('renewal', 'expansion')
                then {{ mapped_value('opportunity_type', 'Type') }}
            when lower(Type) like '%renewal%' then 'renewal'
            when lower(Type) like '%expansion%' then 'expansion'
            when lower(Type) like '%upgrade%' then 'expansion'
        end as type,
        {{ clean_text('StageName') }} as stage,
        Amount as amount, -- noqa: AL09
        CloseDate as close_date,
        IsClosed as is_closed,
        IsWon as is_won,
        {{ clean_text('Loss_Reason__c') }} as loss_reason,
        {{ forecast_call('ForecastCategory') }} as forecast_category,
        CreatedDate as created_at,
        SystemModstamp as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(IsDeleted, false) as is_deleted
    from landed
    where AccountId is not null
)

select * from final
