-- One row per account and usage source that knows it: the day from which it does, by the first row about the account,
-- or because the company's own list joins a key of the source to it. A row of the list without a day of its own holds
-- for as long as the source has told of anybody.
with

counts as (
    select * from {{ ref('int_usage__counts') }}
    where account_id <> ''
),

source_starts as (
    select
        source_name,
        min(first_known_date) as known_from_date
    from counts
    group by source_name
),

known as (
    select
        account_id,
        source_name,
        first_known_date as known_from_date,
        event_count
    from counts
    union all
    select
        by_hand.account_id,
        by_hand.source_name,
        greatest(
            source_starts.known_from_date, coalesce(by_hand.known_date, source_starts.known_from_date)
        ) as known_from_date,
        0 as event_count
    from {{ ref('int_accounts__identities_by_hand') }} as by_hand
    inner join source_starts
        on by_hand.source_name = source_starts.source_name
    where by_hand.account_id is not null
),

final as (
    select
        account_id,
        source_name,
        min(known_from_date) as known_from_date,
        sum(event_count) as event_count
    from known
    group by account_id, source_name
)

select * from final
