-- depends_on: {{ ref('int_accounts__identities') }}
{% set columns = [
    'ticket_id', 'account_id', 'created_at', 'solved_at', 'escalated_at', 'priority',
    'merged_at', 'csat', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('tickets'), columns) }}
),

{{ taken_rows('tickets', 'unioned') }},

{{ version_intervals(
    'taken',
    key=['ticket_id'],
    earliest_date=local_date(source_known_at('created_at')),
    is_held=true,
) }},

final as (
    select
        ticket_id,
        known_date,
        known_until_date,
        account_id,
        priority,
        {{ local_date('created_at') }} as event_date,
        {{ local_date('solved_at') }} as solved_date,
        {{ local_date('escalated_at') }} as escalated_date,
        {{ local_date('merged_at') }} as merged_date,
        csat,
        created_at as event_at,
        created_at,
        solved_at,
        escalated_at,
        merged_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
