-- One row per source, currency and finding of the contracts that the source says are in force on the as-of day, and
-- what they are worth. `counted` and `replaced` (by a renewal that began early) are healthy; any other finding says why
-- the numbers leave the contract out.
with

contracts as (

    select *
    from {{ ref('int_canonical__contracts') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and term_start_date <= {{ as_of_date() }}
        and term_end_date > {{ as_of_date() }}
        and not coalesce(cancel_effective_date <= {{ as_of_date() }}, false)

),

accounts as (

    select distinct account_id
    from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }}

),

rates as (

    select distinct currency_code
    from {{ ref('int_canonical__rates') }}
    where known_date <= {{ as_of_date() }}

),

counted as (

    select distinct contract_id
    from {{ ref('int_revenue__arr_intervals') }}
    where from_date <= {{ as_of_date() }} and until_date > {{ as_of_date() }}

),

replaced as (

    select distinct contract_id
    from {{ ref('int_revenue__term_states') }}
    where is_current and outcome_reason = 'successor'

),

judged as (

    select
        contracts.source_name,
        contracts.contract_id,
        contracts.currency_code,
        contracts.arr,
        case
            when counted.contract_id is not null and accounts.account_id is not null then 'counted'
            when accounts.account_id is null then 'unknown_account'
            when contracts.arr is null then 'no_arr'
            when contracts.currency_code != '{{ var("currency") }}' and rates.currency_code is null then 'no_rate'
            when replaced.contract_id is not null then 'replaced'
            else 'left_out'
        end as finding
    from contracts
    left join counted
        on contracts.contract_id = counted.contract_id
    left join replaced
        on contracts.contract_id = replaced.contract_id
    left join accounts
        on contracts.account_id = accounts.account_id
    left join rates
        on contracts.currency_code = rates.currency_code

),

final as (

    select
        source_name,
        currency_code,
        finding,
        count(*) as contract_count,
        sum(arr) as arr_in_currency,
        min(contract_id) as example_contract_id
    from judged
    group by source_name, currency_code, finding

)

select * from final
