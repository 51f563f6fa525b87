-- One row per account and month end (the as-of day stands for the running month): ARR as restated with what is known now. The
-- ARR of a day is that of the contract version in force on it; what ended a term is today's knowledge.
with

states as (

    select * from {{ ref('int_revenue__term_states') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

versions as (

    select
        versions.contract_id,
        versions.term_number,
        versions.arr,
        case
            when row_number() over (
                partition by versions.contract_id, versions.term_number order by versions.known_date
            ) = 1 then {{ beginning_of_time() }}
            else versions.known_date
        end as from_date,
        versions.known_until_date as until_date
    from {{ ref('int_revenue__term_versions') }} as versions

),

bounds as (

    select
        {{ date_add_days(history_start_date(), -1) }} as first_date,
        {{ as_of_date() }} as last_date

),

month_ends as (

    select distinct
        least({{ month_end('days.as_of_date') }}, bounds.last_date) as month_end_date
    from bounds
    cross join {{ date_series('bounds.first_date', 'bounds.last_date') }} as days

),

accounts as (

    select distinct account_id from states

),

final as (

    select
        accounts.account_id,
        month_ends.month_end_date,
        coalesce(sum(
            case
                when
                    month_ends.month_end_date >= states.term_start_date
                    and month_ends.month_end_date < states.arr_until_date
                    and (states.ended_by <> 'none' or states.grace_end_date >= {{ as_of_date() }}
                         or month_ends.month_end_date < states.renewal_date)
                    then versions.arr
            end
        ), 0) as arr
    from accounts
    cross join month_ends
    left join states
        on accounts.account_id = states.account_id
    left join versions
        on
            states.contract_id = versions.contract_id
            and states.term_number = versions.term_number
            and month_ends.month_end_date >= versions.from_date
            and month_ends.month_end_date < versions.until_date
    group by accounts.account_id, month_ends.month_end_date

)

select * from final
