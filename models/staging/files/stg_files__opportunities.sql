with

landed as (
    {{ raw_rows('files', 'opportunities', [
        ('opportunity_id', 'string'),
        ('account_id', 'string'),
        ('contract_id', 'string'),
        ('type', 'string'),
        ('stage', 'string'),
        ('amount', 'numeric'),
        ('close_date', 'date'),
        ('is_closed', 'boolean'),
        ('is_won', 'boolean'),
        ('loss_reason', 'string'),
        ('forecast_category', 'string'),
        ('created_at', 'timestamp'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('opportunity_id') }} as opportunity_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('contract_id') }} as contract_id,
        lower({{ clean_text('type') }}) as type,
        {{ clean_text('stage') }} as stage,
        amount,
        close_date,
        is_closed,
        is_won,
        {{ clean_text('loss_reason') }} as loss_reason,
        lower({{ clean_text('forecast_category') }}) as forecast_category,
        created_at,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
