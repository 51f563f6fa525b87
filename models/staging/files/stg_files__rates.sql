with

landed as (
    {{ raw_rows('files', 'rates', [
        ('currency_code', 'string'),
        ('valid_from', 'date'),
        ('rate', 'number'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        upper({{ clean_text('currency_code') }}) as currency_code,
        valid_from,
        rate,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
