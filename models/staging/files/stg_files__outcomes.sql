with

landed as (
    {{ raw_rows('files', 'outcomes', [
        ('outcome_id', 'string'),
        ('account_id', 'string'),
        ('goal', 'string'),
        ('target', 'number'),
        ('value', 'number'),
        ('unit', 'string'),
        ('due_date', 'date'),
        ('measured_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('outcome_id') }} as outcome_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('goal') }} as goal,
        target,
        value,
        {{ clean_text('unit') }} as unit,
        due_date,
        measured_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
