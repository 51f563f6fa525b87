-- One row per account and month in which its ARR fell, by churn or contraction: how much, why, and what its score had
-- said. The reason is the one of a cancelled contract, else of the last renewal opportunity that was lost by then.
with

movements as (
    select
        account_id,
        month,
        {{ month_end('month') }} as month_end_date,
        arr_start,
        arr_churned,
        arr_contraction,
        case when arr_churned < 0 then 'churned' else 'contracted' end as movement
    from {{ ref('fct_arr_movements') }}
    where arr_churned < 0 or arr_contraction < 0
),

cancelled as (
    select
        movements.account_id,
        movements.month,
        contracts.cancel_reason,
        row_number() over (
            partition by movements.account_id, movements.month
            order by contracts.cancelled_date desc, contracts.contract_id asc
        ) as place
    from movements
    inner join {{ ref('int_canonical__contracts') }} as contracts
        on
            movements.account_id = contracts.account_id
            and movements.month <= coalesce(contracts.cancel_effective_date, contracts.term_end_date)
            and movements.month_end_date >= coalesce(contracts.cancel_effective_date, contracts.term_end_date)
    where
        contracts.cancel_reason is not null
        and contracts.known_date <= {{ as_of_date() }}
        and contracts.known_until_date > {{ as_of_date() }}
),

-- The first day of what ended in the month: a renewal opportunity that was lost before then speaks of another term.
ended as (
    select
        movements.account_id,
        movements.month,
        min(terms.term_start_date) as term_start_date
    from movements
    inner join {{ ref('int_revenue__term_states') }} as terms
        on
            movements.account_id = terms.account_id
            and movements.month <= terms.in_force_until_date
            and movements.month_end_date >= terms.in_force_until_date
    where terms.is_current
    group by movements.account_id, movements.month
),

lost as (
    select
        movements.account_id,
        movements.month,
        opportunities.loss_reason,
        row_number() over (
            partition by movements.account_id, movements.month
            order by opportunities.close_date desc, opportunities.opportunity_id asc
        ) as place
    from movements
    inner join {{ ref('int_canonical__opportunities') }} as opportunities
        on
            movements.account_id = opportunities.account_id
            and movements.month_end_date >= opportunities.close_date
    inner join ended
        on
            movements.account_id = ended.account_id
            and movements.month = ended.month
            and opportunities.close_date >= ended.term_start_date
    where
        opportunities.type = 'renewal'
        and opportunities.is_closed
        and not opportunities.is_won
        and opportunities.loss_reason is not null
        and opportunities.known_date <= {{ as_of_date() }}
        and opportunities.known_until_date > {{ as_of_date() }}
),

-- What the scores had said: of a churn its own record, of a contraction the score at the month's start.
churns as (
    select
        movements.account_id,
        movements.month,
        max(churned.churn_date) as churn_date,
        min(case when churned.has_no_flag then 0 when not churned.has_no_flag then 1 end) as flagged_count
    from movements
    inner join {{ ref('fct_account_churns') }} as churned
        on
            movements.account_id = churned.account_id
            and movements.month <= churned.churn_date
            and movements.month_end_date >= churned.churn_date
    where movements.movement = 'churned'
    group by movements.account_id, movements.month
),

days as (
    select
        movements.account_id,
        movements.month,
        max(least(
            {{ date_add_days('spans.until_date', -1) }},
            case
                when movements.movement = 'churned' then movements.month_end_date
                else {{ date_add_days('movements.month', -1) }}
            end
        )) as as_of_date
    from movements
    inner join {{ ref('int_accounts__account_spans') }} as spans
        on movements.account_id = spans.account_id and movements.month_end_date >= spans.from_date
    group by movements.account_id, movements.month
),

health as (
    select
        account_id,
        as_of_date,
        score,
        category_effective
    from {{ ref('fct_account_health_in_force') }}
),

final as (
    select
        movements.account_id,
        movements.month,
        movements.movement,
        churns.churn_date,
        movements.arr_start,
        movements.arr_churned + movements.arr_contraction as arr_change,
        coalesce(cancelled.cancel_reason, lost.loss_reason) as reason,
        health.score,
        health.category_effective,
        case churns.flagged_count when 1 then true when 0 then false end as was_flagged
    from movements
    left join cancelled
        on
            movements.account_id = cancelled.account_id
            and movements.month = cancelled.month
            and cancelled.place = 1
    left join lost
        on movements.account_id = lost.account_id and movements.month = lost.month and lost.place = 1
    left join churns
        on movements.account_id = churns.account_id and movements.month = churns.month
    left join days
        on movements.account_id = days.account_id and movements.month = days.month
    left join health
        on days.account_id = health.account_id and days.as_of_date = health.as_of_date
)

select * from final
