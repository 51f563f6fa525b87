with

landed as (
    {{ raw_rows('files', 'usage_events', [
        ('account_id', 'string'),
        ('user_id', 'string'),
        ('event_at', 'timestamp'),
        ('feature', 'string'),
        ('event_count', 'integer'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('user_id') }} as user_id,
        event_at,
        {{ clean_text('feature') }} as feature,
        event_count,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
