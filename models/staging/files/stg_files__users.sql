with

landed as (
    {{ raw_rows('files', 'users', [
        ('user_id', 'string'),
        ('email', 'string'),
        ('name', 'string'),
        ('role', 'string'),
        ('manager_id', 'string'),
        ('is_active', 'boolean'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('name') }} as name,
        lower({{ clean_text('role') }}) as role,
        {{ clean_text('manager_id') }} as manager_id,
        is_active,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
