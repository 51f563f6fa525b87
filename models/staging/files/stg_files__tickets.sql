with

landed as (
    {{ raw_rows('files', 'tickets', [
        ('ticket_id', 'string'),
        ('account_id', 'string'),
        ('created_at', 'timestamp'),
        ('solved_at', 'timestamp'),
        ('escalated_at', 'timestamp'),
        ('merged_at', 'timestamp'),
        ('priority', 'string'),
        ('csat', 'number'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('ticket_id') }} as ticket_id,
        {{ clean_text('account_id') }} as account_id,
        created_at,
        solved_at,
        escalated_at,
        merged_at,
        lower({{ clean_text('priority') }}) as priority,
        csat,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
