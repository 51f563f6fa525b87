with

landed as (
    {{ raw_rows('files', 'surveys', [
        ('survey_id', 'string'),
        ('account_id', 'string'),
        ('answered_at', 'timestamp'),
        ('type', 'string'),
        ('score', 'number'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('survey_id') }} as survey_id,
        {{ clean_text('account_id') }} as account_id,
        answered_at,
        lower({{ clean_text('type') }}) as type,
        score,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
