with

landed as (
    {{ raw_rows('files', 'notes', [
        ('note_id', 'string'),
        ('account_id', 'string'),
        ('text', 'string'),
        ('author', 'string'),
        ('made_at', 'timestamp'),
        ('opportunity_id', 'string'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('note_id') }} as note_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('text') }} as text,
        {{ clean_text('author') }} as author,
        made_at,
        {{ clean_text('opportunity_id') }} as opportunity_id,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
