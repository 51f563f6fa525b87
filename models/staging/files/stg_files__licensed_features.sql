with

landed as (
    {{ raw_rows('files', 'licensed_features', [
        ('account_id', 'string'),
        ('feature', 'string'),
        ('valid_from', 'date'),
        ('valid_to', 'date'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('feature') }} as feature,
        valid_from,
        valid_to,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
