-- One row per account and usage source that knows it: the day from which it does, by the first row about the account.
with

usage_events as (
    select
        account_id,
        source_name,
        event_count,
        greatest(event_date, known_date) as from_date
    from {{ ref('int_canonical__usage_events') }}
),

final as (
    select
        account_id,
        source_name,
        min(from_date) as known_from_date,
        sum(event_count) as event_count
    from usage_events
    group by account_id, source_name
)

select * from final
