with

landed as (
    {{ raw_rows('files', 'documents', [
        ('document_id', 'string'),
        ('account_id', 'string'),
        ('title', 'string'),
        ('url', 'string'),
        ('kind', 'string'),
        ('made_at', 'timestamp'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('document_id') }} as document_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('title') }} as title,
        {{ clean_text('url') }} as url,
        {{ clean_text('kind') }} as kind,
        made_at,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
