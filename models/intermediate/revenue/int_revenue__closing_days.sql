-- One row per term by what is known on the as-of day: its closing day, the first of the last unbroken run of days on
-- which its outcome was known. Of a contract that went from one account to
-- another, because the two were merged or the CRM says so, the days of both, one after the other.
with

all_states as (
    select * from {{ ref('int_revenue__term_states') }}
),

-- What each epoch knew of an outcome before it ended: whether the renewal was lost, or who renewed it.
known_outcomes as (
    select
        from_date,
        is_current,
        contract_id,
        term_number,
        cycle_number,
        greatest(from_date, outcome_from_date) as closed_date,
        case
            when greatest(from_date, outcome_from_date) >= until_date then 'open'
            when churn_date is not null
                then 'churned ' || cast(churn_date as {{ dbt.type_string() }})
            else
                'renewed by ' || coalesce(cast(successor_term_number as {{ dbt.type_string() }}), 'itself')
                || ' ' || successor_contract_id
        end as outcome
    from all_states
),

compared as (
    select
        known_outcomes.*,
        max(case when is_current then outcome end) over (
            partition by contract_id, term_number, cycle_number
        ) as last_outcome
    from known_outcomes
),

-- The closing day is the first day of the last unbroken run of days on which the outcome was known.
last_breaks as (
    select
        contract_id,
        term_number,
        cycle_number,
        max(case when outcome != last_outcome then from_date end) as from_date
    from compared
    group by contract_id, term_number, cycle_number
),

final as (
    select
        compared.contract_id,
        compared.term_number,
        compared.cycle_number,
        min(compared.closed_date) as closed_date
    from compared
    inner join last_breaks
        on
            compared.contract_id = last_breaks.contract_id
            and compared.term_number = last_breaks.term_number
            and compared.cycle_number = last_breaks.cycle_number
            and (last_breaks.from_date is null or compared.from_date > last_breaks.from_date)
    group by compared.contract_id, compared.term_number, compared.cycle_number
)

select * from final
