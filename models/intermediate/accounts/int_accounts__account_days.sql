-- One row per account and day in scope, with what was known of its contracts that day. See definitions, section 1.
{{ config(materialized='history') }}

with

states as (

    select * from {{ ref('int_revenue__term_states') }}
    where {{ in_bucket('account_id') }}

),

accounts as (

    select * from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and {{ in_bucket('account_id') }}

),

segments as (

    select * from {{ ref('segments') }}

),

spans as (

    select
        accounts.account_id,
        min(
            greatest(
                coalesce(
                    accounts.created_date,
                    case when accounts.known_date = {{ beginning_of_time() }} then nullif(accounts.dated_from_date, {{ end_of_time() }}) else accounts.known_date end,
                    {{ history_start_date() }}
                ),
                {{ history_start_date() }}
            )
        ) as created_from_date
    from accounts
    group by accounts.account_id

),

calendar as (

    select
        spans.account_id,
        spans.created_from_date,
        days.as_of_date
    from spans
    cross join {{ date_series(history_from_date(), as_of_date()) }} as days

),

on_day as (

    select
        calendar.account_id,
        calendar.as_of_date,
        states.contract_id,
        states.term_start_date,
        states.renewal_date,
        states.seats,
        states.arr,
        states.dated_from_date,
        states.ended_by,
        states.grace_end_date,
        calendar.as_of_date >= states.term_start_date and calendar.as_of_date < states.arr_until_date as is_in_force,
        states.ended_by in ('none', 'itself')
        and (states.repeat_number = 0 or states.term_start_date <= calendar.as_of_date)
        and (states.ended_by = 'none' or calendar.as_of_date < states.renewal_date)
        and calendar.as_of_date <= states.grace_end_date as is_open
    from calendar
    inner join states
        on
            calendar.account_id = states.account_id
            and calendar.as_of_date >= states.known_date
            and calendar.as_of_date < states.known_until_date

),

by_day as (

    select
        on_day.account_id,
        on_day.as_of_date,
        sum(case when on_day.is_in_force then on_day.arr end) as arr,
        sum(case when on_day.is_in_force then on_day.seats end) as seats,
        count(case when on_day.is_in_force then 1 end) as contract_count,
        min(on_day.term_start_date) as first_term_start_date,
        min(case when on_day.is_open and on_day.renewal_date >= on_day.as_of_date then on_day.renewal_date end)
            as next_open_date,
        max(case when on_day.is_open and on_day.renewal_date < on_day.as_of_date then on_day.renewal_date end)
            as latest_late_date,
        max(case when on_day.is_in_force then on_day.dated_from_date end) as dated_from_date
    from on_day
    group by on_day.account_id, on_day.as_of_date

),

next_contracts as (

    select
        on_day.account_id,
        on_day.as_of_date,
        min(on_day.contract_id) as next_contract_id
    from on_day
    inner join by_day
        on
            on_day.account_id = by_day.account_id
            and on_day.as_of_date = by_day.as_of_date
            and on_day.renewal_date = coalesce(by_day.next_open_date, by_day.latest_late_date)
    where on_day.is_open
    group by on_day.account_id, on_day.as_of_date

),

described as (

    select
        calendar.account_id,
        calendar.as_of_date,
        coalesce(by_day.arr, 0) as arr,
        by_day.seats,
        coalesce(by_day.contract_count, 0) as contract_count,
        by_day.first_term_start_date,
        coalesce(by_day.next_open_date, by_day.latest_late_date) as next_renewal_date,
        next_contracts.next_contract_id,
        accounts.segment as explicit_segment,
        coalesce(accounts.is_acquired, false) as is_acquired,
        coalesce(by_day.contract_count, 0) > 0 as has_contract,
        coalesce(by_day.dated_from_date <= calendar.as_of_date, true)
        and (accounts.segment is null or coalesce(accounts.dated_from_date <= calendar.as_of_date, false))
            as is_leak_proof
    from calendar
    left join by_day
        on
            calendar.account_id = by_day.account_id
            and calendar.as_of_date = by_day.as_of_date
    left join next_contracts
        on
            calendar.account_id = next_contracts.account_id
            and calendar.as_of_date = next_contracts.as_of_date
    left join accounts
        on
            calendar.account_id = accounts.account_id
            and calendar.as_of_date >= accounts.known_date
            and calendar.as_of_date < accounts.known_until_date
    where
        by_day.contract_count > 0
        or (
            calendar.as_of_date >= calendar.created_from_date
            and (by_day.first_term_start_date is null or calendar.as_of_date < by_day.first_term_start_date)
        )

),

final as (

    select
        described.account_id,
        described.as_of_date,
        {{ account_bucket('described.account_id') }} as account_bucket,
        coalesce(
            described.explicit_segment,
            (
                select min(segments.segment)
                from segments
                where described.arr >= segments.arr_from and described.arr < segments.arr_until
            )
        ) as segment,
        described.arr,
        described.seats,
        described.contract_count,
        described.first_term_start_date,
        described.next_renewal_date,
        {{ days_between('described.as_of_date', 'described.next_renewal_date') }} as days_to_renewal,
        described.next_contract_id,
        described.has_contract,
        described.is_acquired,
        described.is_leak_proof
    from described

)

select * from final
