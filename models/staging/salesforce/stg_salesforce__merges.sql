-- Accounts that were merged into another: Salesforce keeps them as deleted ones that name the one that is left.
with

landed as (
    {{ raw_rows('salesforce', 'Account', [
        ('Id', 'string'),
        ('MasterRecordId', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('Id') }} as account_id,
        {{ clean_text('MasterRecordId') }} as merged_into_account_id,
        min(SystemModstamp) as merged_at,
        source_name
    from landed
    where IsDeleted and {{ clean_text('MasterRecordId') }} is not null
    group by source_name, {{ clean_text('Id') }}, {{ clean_text('MasterRecordId') }}
)

select * from final
