-- One row per closed-lost renewal opportunity and span of days on which it was known to be lost.
with

opportunities as (
    select * from {{ ref('int_canonical__opportunities') }}
    where
        type = 'renewal'
        and is_closed
        and not is_won
        and known_date <= {{ as_of_date() }}
),

-- On the days for which the earliest version only stands in, it is not known before its close date.
dated as (
    select
        opportunity_id,
        account_id,
        contract_id,
        close_date,
        case
            when known_date < dated_from_date
                then
                    least(
                        dated_from_date,
                        greatest(known_date, coalesce(close_date, dated_from_date))
                    )
            else known_date
        end as known_from_date,
        known_until_date
    from opportunities
),

final as (
    select
        opportunity_id,
        account_id,
        contract_id,
        coalesce(close_date, known_from_date) as close_date,
        known_from_date,
        known_until_date
    from dated
    where known_from_date < known_until_date and known_from_date <= {{ as_of_date() }}
)

select * from final
