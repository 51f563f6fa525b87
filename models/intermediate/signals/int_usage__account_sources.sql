-- One row per account and usage source that knows it: the day from which it does, by the first row about the account.
with

counts as (
    select * from {{ ref('int_usage__counts') }}
    where account_id <> ''
),

final as (
    select
        account_id,
        source_name,
        min(first_known_date) as known_from_date,
        sum(event_count) as event_count
    from counts
    group by account_id, source_name
)

select * from final
