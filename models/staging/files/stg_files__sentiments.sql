with

landed as (
    {{ raw_rows('files', 'sentiments', [
        ('account_id', 'string'),
        ('sentiment', 'string'),
        ('set_at', 'timestamp'),
        ('set_by', 'string'),
        ('note', 'string'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        lower({{ clean_text('sentiment') }}) as sentiment,
        set_at,
        {{ clean_text('set_by') }} as set_by,
        {{ clean_text('note') }} as note,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
