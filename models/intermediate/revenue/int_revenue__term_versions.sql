-- One row per contract, term of it and version of that term: what a term said, in the tenant's currency, and from when
-- that could be known.
with

rules as (
    {{ renewal_rules(['grace_days', 'early_renewal_days']) }}
),

rates as (
    select * from {{ ref('int_canonical__rates') }}
    where known_date <= {{ as_of_date() }}
),

contracts as (
    select
        contracts.*,
        lag(contracts.term_end_date) over (
            partition by contracts.contract_id order by contracts.known_date
        ) as previous_end_date,
        12 * (
            extract(year from contracts.term_end_date) - extract(year from contracts.term_start_date)
        )
        + extract(month from contracts.term_end_date)
        - extract(month from contracts.term_start_date) as months_apart
    from {{ ref('int_canonical__contracts') }} as contracts
    where contracts.known_date <= {{ as_of_date() }}
),

-- A version that starts at or after the end of the one before it is a new term; any other amends its term.
termed as (
    select
        contracts.*,
        1 + sum(
            case when term_start_date >= previous_end_date then 1 else 0 end
        ) over (
            partition by contract_id
            order by known_date
            rows between unbounded preceding and current row
        ) as term_number
    from contracts
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
        {{ days_between('priced.term_start_date', 'priced.term_end_date') }} as term_days,
        case
            when
                priced.months_apart > 0
                and {{ date_add_months('priced.term_start_date', 'priced.months_apart') }}
                = priced.term_end_date
                then priced.months_apart
        end as term_months,
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
        priced.cancelled_date,
        priced.cancel_effective_date
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

cycles as (
    {{ term_cycles('numbered') }}
),

-- Whether a contract continues another, by whatever is known of either: only then is its start an outcome.
continuing as (
    select distinct
        numbered.contract_id,
        numbered.term_number,
        numbered.known_date
    from numbered
    cross join rules
    inner join cycles
        on
            numbered.account_id = cycles.account_id
            and numbered.contract_id != cycles.contract_id
            and coalesce(numbered.product, '') = coalesce(cycles.product, '')
            and numbered.term_start_date > cycles.term_start_date
            and numbered.term_start_date <= {{ date_add_days('cycles.cycle_end_date', 'rules.grace_days') }}
            and numbered.term_start_date
            >= {{ date_add_days('cycles.cycle_end_date', '-rules.early_renewal_days') }}
    where
        numbered.known_date < numbered.dated_from_date
        and numbered.previous_contract_id is null
        and numbered.term_number = 1
),

-- On the days for which the earliest version only stands in, an outcome is not known before it happened.
dated as (
    select
        numbered.*,
        case
            when
                numbered.known_date < numbered.dated_from_date
                and (
                    continuing.contract_id is not null
                    or numbered.previous_contract_id is not null
                    or numbered.term_number > 1
                )
                then
                    least(
                        numbered.dated_from_date,
                        greatest(numbered.known_date, numbered.term_start_date)
                    )
            else numbered.known_date
        end as known_from_date,
        case
            when numbered.cancelled_date is not null
                then greatest(numbered.known_date, numbered.cancelled_date)
            when
                numbered.cancel_effective_date is not null
                and numbered.known_date < numbered.dated_from_date
                then
                    least(
                        numbered.dated_from_date,
                        greatest(numbered.known_date, numbered.cancel_effective_date)
                    )
            when numbered.cancel_effective_date is not null then numbered.known_date
        end as cancel_known_date
    from numbered
    left join continuing
        on
            numbered.contract_id = continuing.contract_id
            and numbered.term_number = continuing.term_number
            and numbered.known_date = continuing.known_date
),

followed as (
    select
        dated.*,
        coalesce(
            min(known_from_date) over (
                partition by contract_id, term_number
                order by known_date
                rows between 1 following and unbounded following
            ),
            {{ end_of_time() }}
        ) as known_until_date
    from dated
),

told as (
    select
        contract_id,
        term_number,
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
        term_months,
        term_days,
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
