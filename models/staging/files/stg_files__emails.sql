with

landed as (
    {{ raw_rows('files', 'emails', [
        ('email_id', 'string'),
        ('account_id', 'string'),
        ('contact_id', 'string'),
        ('sent_at', 'timestamp'),
        ('direction', 'string'),
        ('replied_at', 'timestamp'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('email_id') }} as email_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('contact_id') }} as contact_id,
        sent_at,
        lower({{ clean_text('direction') }}) as direction,
        replied_at,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
