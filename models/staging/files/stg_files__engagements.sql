with

landed as (
    {{ raw_rows('files', 'engagements', [
        ('engagement_id', 'string'),
        ('account_id', 'string'),
        ('contact_id', 'string'),
        ('type', 'string'),
        ('happened_at', 'timestamp'),
        ('status', 'string'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('engagement_id') }} as engagement_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('contact_id') }} as contact_id,
        lower({{ clean_text('type') }}) as type,
        happened_at,
        lower({{ clean_text('status') }}) as status,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
