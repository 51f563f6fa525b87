with

landed as (
    {{ raw_rows('files', 'external_scores', [
        ('account_id', 'string'),
        ('scored_on', 'date'),
        ('score', 'number'),
        ('category', 'string'),
        ('system', 'string'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        scored_on,
        score,
        {{ clean_text('category') }} as category,
        {{ clean_text('system') }} as system,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
