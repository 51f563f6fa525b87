-- One row per customer and goal of it, with what was measured last, as known on the as-of day. A goal is reached when
-- its value is at its target, and missed when its last day went by before; all else is open.
with

outcomes as (
    select *
    from {{ ref('int_canonical__outcomes') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

accounts as (
    select account_id from {{ ref('dim_accounts') }}
),

final as (
    select
        outcomes.account_id,
        outcomes.outcome_id,
        outcomes.goal,
        outcomes.unit,
        outcomes.due_date,
        outcomes.event_date as measured_date,
        outcomes.target,
        outcomes.value,
        case
            when outcomes.value >= outcomes.target then 'reached'
            when outcomes.value < outcomes.target and outcomes.due_date < {{ as_of_date() }} then 'missed'
            else 'open'
        end as state
    from outcomes
    inner join accounts
        on outcomes.account_id = accounts.account_id
)

select * from final
