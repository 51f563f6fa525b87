-- One row per term and span of days with one ARR, by all that is known on the as-of day: restated, not as it was
-- known then. An amendment counts from the day of its version; what was said first of a term holds from the term's
-- start. What was an account's that was merged into another always was the other's.
with

states as (
    select * from {{ ref('int_revenue__term_states') }}
    where is_current
),

versions as (
    select * from {{ ref('int_revenue__term_versions') }}
),

-- Out of grace the ARR ended with the term; while the renewal is only late it still counts.
terms as (
    select
        states.*,
        case
            when states.outcome_reason = 'grace' and states.outcome_from_date <= {{ as_of_date() }}
                then states.term_end_date
            else states.in_force_until_date
        end as restated_until_date,
        states.outcome_from_date > {{ as_of_date() }} as is_open
    from states
),

final as (
    select
        coalesce(versions.restated_account_id, versions.account_id) as account_id,
        terms.contract_id,
        terms.term_number,
        terms.cycle_number,
        greatest(terms.term_start_date, versions.arr_from_date) as from_date,
        least(terms.restated_until_date, versions.known_until_date) as until_date,
        versions.arr,
        terms.restated_until_date,
        terms.churn_date,
        terms.is_open
    from terms
    inner join versions
        on
            terms.contract_id = versions.contract_id
            and terms.term_number = versions.term_number
    where
        greatest(terms.term_start_date, versions.arr_from_date)
        < least(terms.restated_until_date, versions.known_until_date)
)

select * from final
