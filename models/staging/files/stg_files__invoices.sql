with

landed as (
    {{ raw_rows('files', 'invoices', [
        ('invoice_id', 'string'),
        ('account_id', 'string'),
        ('due_date', 'date'),
        ('issued_at', 'timestamp'),
        ('paid_at', 'timestamp'),
        ('amount', 'numeric'),
        ('status', 'string'),
        ('is_auto_charged', 'boolean'),
        ('first_failed_at', 'timestamp'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('invoice_id') }} as invoice_id,
        {{ clean_text('account_id') }} as account_id,
        due_date,
        issued_at,
        paid_at,
        amount,
        lower({{ clean_text('status') }}) as status,
        is_auto_charged,
        first_failed_at,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
