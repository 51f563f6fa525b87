-- One row per term and version: what was known of a contract's term, from when until when, in the tenant's currency.
-- A version that starts at or after the end of the one before is a new term of the contract; any other amends the term.
with

contracts as (

    select * from {{ ref('int_canonical__contracts') }}
    where known_date <= {{ as_of_date() }}

),

rules as (

    select
        max(case when rule = 'grace_days' then value end) as grace_days,
        max(case when rule = 'early_days' then value end) as early_days
    from {{ ref('renewal_rules') }}

),

rates as (

    select
        rates.currency_code,
        rates.rate,
        case
            when row_number() over (partition by rates.currency_code order by rates.valid_from) = 1
                then {{ beginning_of_time() }}
            else rates.valid_from
        end as from_date,
        coalesce(
            lead(rates.valid_from) over (partition by rates.currency_code order by rates.valid_from),
            {{ end_of_time() }}
        ) as until_date
    from {{ ref('int_canonical__rates') }} as rates

),

steps as (

    select
        contracts.*,
        case
            when
                contracts.term_start_date >= lag(contracts.term_end_date) over (
                    partition by contracts.contract_id order by contracts.known_date
                )
                then 1
            else 0
        end as is_new_term
    from contracts

),

numbered as (

    select
        steps.*,
        sum(steps.is_new_term) over (
            partition by steps.contract_id order by steps.known_date
            rows between unbounded preceding and current row
        ) as term_number
    from steps

),

continuing as (

    select distinct
        later.contract_id
    from contracts as later
    cross join rules
    inner join contracts as earlier
        on
            later.account_id = earlier.account_id
            and later.contract_id <> earlier.contract_id
            and later.term_start_date > earlier.term_start_date
            and (
                later.previous_contract_id = earlier.contract_id
                or (
                    later.previous_contract_id is null
                    and coalesce(later.product, '') = coalesce(earlier.product, '')
                    and {{ days_between('earlier.term_end_date', 'later.term_start_date') }}
                    between -rules.early_days and rules.grace_days
                )
            )

),

dated as (

    select
        numbered.*,
        -- an outcome is never known before it happened: an undated successor counts from its own start
        case
            when
                numbered.known_date = {{ beginning_of_time() }}
                and (continuing.contract_id is not null or numbered.previous_contract_id is not null)
                then numbered.term_start_date
            else numbered.known_date
        end as term_known_date
    from numbered
    left join continuing
        on numbered.contract_id = continuing.contract_id

),

final as (

    select
        dated.contract_id,
        dated.term_number,
        dated.account_id,
        dated.term_known_date as known_date,
        coalesce(
            lead(dated.term_known_date) over (
                partition by dated.contract_id, dated.term_number order by dated.known_date
            ),
            {{ end_of_time() }}
        ) as known_until_date,
        greatest(dated.dated_from_date, dated.term_known_date) as dated_from_date,
        dated.term_start_date,
        dated.term_end_date,
        coalesce(dated.product, '') as product,
        dated.auto_renew,
        coalesce(dated.notice_days, 0) as notice_days,
        dated.renewal_owner_id,
        dated.previous_contract_id,
        coalesce(dated.cancelled_date, dated.cancel_effective_date) as cancelled_date,
        dated.cancel_effective_date,
        dated.seats,
        cast(
            round(
                cast(dated.arr as {{ dbt.type_float() }})
                * case
                    when dated.currency_code = '{{ var("currency") }}' then 1.0
                    else coalesce(cast(rates.rate as {{ dbt.type_float() }}), 1.0)
                end,
                2
            ) as {{ dbt.type_numeric() }}
        ) as arr
    from dated
    left join rates
        on
            dated.currency_code = rates.currency_code
            and dated.term_start_date >= rates.from_date
            and dated.term_start_date < rates.until_date

)

select * from final
where known_date < known_until_date
