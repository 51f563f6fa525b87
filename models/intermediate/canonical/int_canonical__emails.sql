{% set columns = [
    'email_id', 'account_id', 'contact_id', 'sent_at', 'direction', 'replied_at',
    'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('emails'), columns) }}
),

{{ taken_rows('emails', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['email_id'],
    earliest_date=local_date(source_known_at('sent_at')),
    is_held=true,
) }},

final as (
    select
        email_id,
        known_date,
        known_until_date,
        account_id,
        contact_id,
        direction,
        {{ local_date('sent_at') }} as event_date,
        {{ local_date('replied_at') }} as replied_date,
        sent_at as event_at,
        sent_at,
        replied_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
