with

landed as (
    {{ raw_rows('files', 'tasks', [
        ('task_key', 'string'),
        ('account_id', 'string'),
        ('status', 'string'),
        ('owner_id', 'string'),
        ('completed_at', 'timestamp'),
        ('close_reason', 'string'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('task_key') }} as task_key,
        {{ clean_text('account_id') }} as account_id,
        lower({{ clean_text('status') }}) as status,
        {{ clean_text('owner_id') }} as owner_id,
        completed_at,
        {{ clean_text('close_reason') }} as close_reason,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
