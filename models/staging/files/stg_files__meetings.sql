with

landed as (
    {{ raw_rows('files', 'meetings', [
        ('meeting_id', 'string'),
        ('account_id', 'string'),
        ('type', 'string'),
        ('scheduled_at', 'timestamp'),
        ('status', 'string'),
        ('contact_ids', 'json'),
        ('notes', 'string'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('meeting_id') }} as meeting_id,
        {{ clean_text('account_id') }} as account_id,
        lower({{ clean_text('type') }}) as type,
        scheduled_at,
        lower({{ clean_text('status') }}) as status,
        nullif({{ json_as_text('contact_ids') }}, 'null') as contact_ids,
        {{ clean_text('notes') }} as notes,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
