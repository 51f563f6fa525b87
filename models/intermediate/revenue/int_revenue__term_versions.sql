-- One row per contract, term of it and version of that term: what a term said, in the tenant's currency, and from when
-- that could be known.
with

rates as (
    select * from {{ ref('int_canonical__rates') }}
    where known_date <= {{ as_of_date() }}
),

termed as (
    select
        contracts.*,
        schedules.term_number,
        schedules.cancel_known_date,
        max(contracts.known_until_date) over (partition by contracts.contract_id) as deleted_date
    from {{ ref('int_canonical__contracts') }} as contracts
    inner join {{ ref('int_revenue__term_schedules') }} as schedules
        on
            contracts.contract_id = schedules.contract_id
            and contracts.known_date = schedules.known_date
),

-- The first day on which a term can count, with the rates known by then: a rate that came later moves nothing.
priced as (
    select
        termed.*,
        least(
            greatest(
                min(known_date) over (partition by contract_id, term_number),
                term_start_date
            ),
            {{ as_of_date() }}
        ) as rate_date
    from termed
),

rates_asked as (
    select distinct
        currency_code,
        term_start_date,
        rate_date
    from priced
    where currency_code != '{{ var("currency") }}'
),

-- Of the rates known by then the last that was valid at the term's start, before the first rate the first; when none
-- was known, those that came first.
rates_ranked as (
    select
        rates_asked.currency_code,
        rates_asked.term_start_date,
        rates_asked.rate_date,
        rates.rate,
        rates.known_date,
        row_number() over (
            partition by rates_asked.currency_code, rates_asked.term_start_date, rates_asked.rate_date
            order by
                greatest(rates.known_date, rates_asked.rate_date) asc,
                case when rates.valid_from <= rates_asked.term_start_date then 0 else 1 end asc,
                abs({{ days_between('rates.valid_from', 'rates_asked.term_start_date') }}) asc
        ) as choice
    from rates_asked
    inner join rates
        on
            rates_asked.currency_code = rates.currency_code
            and rates_asked.rate_date < rates.known_until_date
),

rates_chosen as (
    select * from rates_ranked
    where choice = 1
),

numbered as (
    select
        priced.contract_id,
        priced.term_number,
        priced.account_id,
        priced.known_date,
        priced.dated_from_date,
        case when rates_chosen.known_date > priced.rate_date then rates_chosen.known_date end as rate_known_date,
        priced.term_start_date,
        priced.term_end_date,
        priced.product,
        priced.renewal_owner_id,
        priced.previous_contract_id,
        -- A currency without any rate is rejected, here for the sources that cannot refuse it themselves.
        cast(
            case
                when priced.currency_code = '{{ var("currency") }}' then round(priced.arr, 2)
                else round(cast(priced.arr as {{ dbt.type_float() }}) * rates_chosen.rate, 2)
            end as {{ dbt.type_numeric() }}
        ) as arr,
        priced.seats,
        priced.notice_days,
        priced.auto_renew,
        priced.cancel_known_date,
        priced.cancelled_date,
        priced.cancel_effective_date,
        priced.deleted_date
    from priced
    left join rates_chosen
        on
            priced.currency_code = rates_chosen.currency_code
            and priced.term_start_date = rates_chosen.term_start_date
            and priced.rate_date = rates_chosen.rate_date
    where
        priced.currency_code = '{{ var("currency") }}'
        or rates_chosen.rate is not null
),

-- On the days for which the earliest version only stands in, an outcome is not known before it happened.
dated as (
    select
        numbered.*,
        case
            when
                numbered.known_date < numbered.dated_from_date
                and (
                    continuations.contract_id is not null
                    or numbered.previous_contract_id is not null
                    or numbered.term_number > 1
                )
                then
                    least(
                        numbered.dated_from_date,
                        greatest(numbered.known_date, numbered.term_start_date)
                    )
            else numbered.known_date
        end as known_from_date
    from numbered
    left join {{ ref('int_revenue__continuations') }} as continuations
        on numbered.contract_id = continuations.contract_id and numbered.term_number = 1
),

followed as (
    select
        dated.*,
        -- A contract that its source deleted was a mistake, and so were all its terms.
        least(
            coalesce(
                min(known_from_date) over (
                    partition by contract_id, term_number
                    order by known_date
                    rows between 1 following and unbounded following
                ),
                {{ end_of_time() }}
            ),
            deleted_date
        ) as known_until_date
    from dated
),

told as (
    select
        contract_id,
        term_number,
        known_date as version_date,
        known_from_date,
        known_until_date,
        -- Before its rate was known, nobody could know what it is worth.
        greatest(dated_from_date, coalesce(rate_known_date, dated_from_date)) as dated_from_date,
        -- What was said first of a term also holds for its days before anybody said so.
        case
            when row_number() over (partition by contract_id, term_number order by known_date) = 1
                then {{ beginning_of_time() }}
            else known_from_date
        end as arr_from_date,
        account_id,
        term_start_date,
        term_end_date,
        product,
        renewal_owner_id,
        previous_contract_id,
        arr,
        seats,
        notice_days,
        cancel_known_date,
        coalesce(cancelled_date, cancel_effective_date) as cancelled_date,
        cancel_effective_date,
        auto_renew
    from followed
    where known_from_date < known_until_date and known_from_date <= {{ as_of_date() }}
),

holders as (
    select
        holders.*,
        last_value(holder_account_id) over (
            partition by account_id
            order by from_date
            rows between unbounded preceding and unbounded following
        ) as last_holder_account_id
    from {{ ref('int_accounts__holders') }} as holders
),

-- A term of an account that was merged into another is the other's from the day on which that is known; restated, it
-- always was.
final as (
    select
        told.* replace (
            coalesce(holders.holder_account_id, told.account_id) as account_id,
            greatest(told.known_from_date, coalesce(holders.from_date, told.known_from_date)) as known_from_date,
            least(told.known_until_date, coalesce(holders.until_date, told.known_until_date)) as known_until_date,
            case
                when holders.from_date > told.known_from_date then holders.from_date
                else told.arr_from_date
            end as arr_from_date
        ),
        coalesce(holders.last_holder_account_id, told.account_id) as restated_account_id
    from told
    left join holders
        on
            told.account_id = holders.account_id
            and told.known_from_date < holders.until_date
            and told.known_until_date > holders.from_date
)

select * from final
