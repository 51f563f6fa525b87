with

landed as (
    {{ raw_rows('files', 'overrides', [
        ('account_id', 'string'),
        ('direction', 'string'),
        ('reason', 'string'),
        ('author', 'string'),
        ('set_at', 'timestamp'),
        ('expires_at', 'timestamp'),
        ('known_at', 'timestamp'),
        ('_line_number', 'integer'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        lower({{ clean_text('direction') }}) as direction,
        {{ clean_text('reason') }} as reason,
        {{ clean_text('author') }} as author,
        set_at,
        expires_at,
        _line_number as line_number,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
