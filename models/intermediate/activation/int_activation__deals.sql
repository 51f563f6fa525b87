-- One row per open renewal opportunity and source that has it: how its renewal stands. It is that of its contract, else
-- the account's next one. Likelihoods are whole per cents and amounts whole units, so that noise is not written.
with

opportunities as (

    select
        opportunity_id,
        account_id,
        contract_id,
        source_name
    from {{ ref('int_canonical__opportunities') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and type = 'renewal'
        and not is_closed

),

renewals as (

    select
        account_id,
        contract_id,
        renewal_date,
        renewal_stage,
        row_number() over (partition by account_id order by renewal_date, contract_id) as account_place,
        row_number() over (partition by contract_id order by renewal_date) as contract_place
    from {{ ref('fct_renewals') }}
    where renewal_outcome is null

),

expectations as (

    select * from {{ ref('fct_renewal_expectations') }}
    where as_of_date = {{ as_of_date() }}

),

next_steps as (

    select * from {{ ref('int_activation__next_steps') }}

),

placed as (

    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.source_name,
        coalesce(of_contracts.contract_id, of_accounts.contract_id) as contract_id,
        coalesce(of_contracts.renewal_date, of_accounts.renewal_date) as renewal_date,
        coalesce(of_contracts.renewal_stage, of_accounts.renewal_stage) as renewal_stage
    from opportunities
    left join renewals as of_contracts
        on opportunities.contract_id = of_contracts.contract_id and of_contracts.contract_place = 1
    left join renewals as of_accounts
        on opportunities.account_id = of_accounts.account_id and of_accounts.account_place = 1

),

final as (

    select
        placed.opportunity_id as record_key,
        placed.source_name,
        {{ as_of_date() }} as as_of_date,
        placed.renewal_date,
        placed.renewal_stage,
        cast(floor(round(expectations.renew_probability * 100, 9) + 0.5) as {{ dbt.type_int() }}) as likelihood,
        cast(round(expectations.expected_arr) as {{ dbt.type_int() }}) as expected_arr,
        substr(
            next_steps.next_step || ' (by ' || cast(next_steps.due_date as {{ dbt.type_string() }}) || ')', 1, 255
        ) as next_step
    from placed
    left join expectations
        on placed.contract_id = expectations.contract_id and placed.renewal_date = expectations.renewal_date
    left join next_steps
        on placed.account_id = next_steps.account_id

)

select * from final
