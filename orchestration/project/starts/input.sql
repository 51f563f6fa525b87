-- One row per row of __input__ and version of it, with the days on which the version is known. A start: name the columns of
-- your table. A row has to say which account it is of and when it happened; `known_at`, if there is one, says when that
-- was known first. A column that the table lacks is null.
with

landed as (
    {{ raw_rows('raw', '__input__', [
        ('id', 'string'),
        ('account_id', 'string'),
        ('happened_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

taken as (
    select
        landed.*,
        false as is_deleted
    from landed
    where id is not null and account_id is not null and happened_at is not null
),

{{ version_intervals(
    'taken',
    key=['id'],
    updated_at=none,
    earliest_date=local_date(source_known_at('happened_at')),
    is_held=true,
) }},

final as (
    select
        id,
        account_id,
        known_date,
        known_until_date,
        {{ local_date('happened_at') }} as event_date,
        known_at,
        source_name
    from versions
)

select * from final
