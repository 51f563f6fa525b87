with

landed as (
    {{ raw_rows('files', 'contacts', [
        ('contact_id', 'string'),
        ('account_id', 'string'),
        ('email', 'string'),
        ('name', 'string'),
        ('title', 'string'),
        ('role', 'string'),
        ('is_exec_sponsor', 'boolean'),
        ('is_champion', 'boolean'),
        ('has_consent', 'boolean'),
        ('left_at', 'timestamp'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('contact_id') }} as contact_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('name') }} as name,
        {{ clean_text('title') }} as title,
        {{ clean_text('role') }} as role,
        is_exec_sponsor,
        is_champion,
        has_consent,
        left_at,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
