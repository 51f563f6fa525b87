with

landed as (
    {{ raw_rows('files', 'contracts', [
        ('contract_id', 'string'),
        ('account_id', 'string'),
        ('term_start_date', 'date'),
        ('term_end_date', 'date'),
        ('arr', 'numeric'),
        ('currency_code', 'string'),
        ('seats', 'integer'),
        ('product', 'string'),
        ('auto_renew', 'boolean'),
        ('notice_days', 'integer'),
        ('renewal_owner_id', 'string'),
        ('previous_contract_id', 'string'),
        ('cancelled_at', 'timestamp'),
        ('cancel_effective_date', 'date'),
        ('cancel_reason', 'string'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('contract_id') }} as contract_id,
        {{ clean_text('account_id') }} as account_id,
        term_start_date,
        term_end_date,
        arr,
        upper({{ clean_text('currency_code') }}) as currency_code,
        seats,
        {{ clean_text('product') }} as product,
        auto_renew,
        notice_days,
        {{ clean_text('renewal_owner_id') }} as renewal_owner_id,
        {{ clean_text('previous_contract_id') }} as previous_contract_id,
        cancelled_at,
        cancel_effective_date,
        {{ clean_text('cancel_reason') }} as cancel_reason,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
