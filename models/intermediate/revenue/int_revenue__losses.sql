-- One row per term that ended without a renewal, up to the as-of day, restated: what was lost and the words that were
-- given for it. Terms without an end that were cancelled are among them.
with

rules as (
    {{ renewal_rules(['grace_days']) }}
),

-- A version of the ARR that was in force on the last day.
lost as (
    select
        intervals.account_id,
        intervals.contract_id,
        intervals.term_number,
        intervals.cycle_number,
        intervals.churn_date,
        intervals.arr as arr_lost
    from {{ ref('int_revenue__arr_intervals') }} as intervals
    where
        intervals.churn_date = intervals.until_date
        and intervals.churn_date <= {{ as_of_date() }}
        and not intervals.is_open
),

states as (
    select * from {{ ref('int_revenue__term_states') }}
    where is_current
),

closings as (
    select * from {{ ref('int_revenue__closing_days') }}
),

contracts as (
    select
        contract_id,
        cancel_reason,
        row_number() over (
            partition by contract_id
            order by case when cancel_reason is null then 1 else 0 end asc, known_date desc
        ) as choice
    from {{ ref('int_canonical__contracts') }}
    where known_date <= {{ as_of_date() }}
),

-- What is said of a lost renewal now.
opportunities as (
    select * from {{ ref('int_canonical__opportunities') }}
    where
        type = 'renewal'
        and is_closed
        and not is_won
        and loss_reason is not null
        and known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
),

terms as (
    select
        lost.*,
        states.term_start_date,
        states.term_end_date,
        states.outcome_reason,
        closings.closed_date as outcome_known_date,
        states.product,
        contracts.cancel_reason,
        {{ date_add_days('lost.churn_date', 'rules.grace_days') }} as last_word_date
    from lost
    cross join rules
    inner join states
        on
            lost.contract_id = states.contract_id
            and lost.term_number = states.term_number
            and lost.cycle_number = states.cycle_number
    left join closings
        on
            lost.contract_id = closings.contract_id
            and lost.term_number = closings.term_number
            and lost.cycle_number = closings.cycle_number
    left join contracts
        on lost.contract_id = contracts.contract_id and contracts.choice = 1
),

-- One that names the contract goes before one that names only the account; of several the last.
said as (
    select
        terms.contract_id,
        terms.term_number,
        terms.cycle_number,
        opportunities.loss_reason,
        row_number() over (
            partition by terms.contract_id, terms.term_number, terms.cycle_number
            order by
                case when opportunities.contract_id is null then 1 else 0 end asc,
                opportunities.close_date desc,
                opportunities.opportunity_id desc
        ) as choice
    from terms
    inner join opportunities
        on
            terms.account_id = opportunities.account_id
            and (opportunities.contract_id is null or terms.contract_id = opportunities.contract_id)
            and terms.term_start_date <= opportunities.close_date
            and terms.last_word_date >= opportunities.close_date
),

final as (
    select
        terms.account_id,
        terms.contract_id,
        terms.term_number,
        terms.cycle_number,
        terms.churn_date,
        terms.term_end_date as renewal_date,
        terms.product,
        terms.arr_lost,
        terms.outcome_reason,
        terms.outcome_known_date,
        coalesce(terms.cancel_reason, said.loss_reason) as reason_said
    from terms
    left join said
        on
            terms.contract_id = said.contract_id
            and terms.term_number = said.term_number
            and terms.cycle_number = said.cycle_number
            and said.choice = 1
)

select * from final
