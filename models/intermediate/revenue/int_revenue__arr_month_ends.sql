-- One row per account and month end, from the last one before history on (the as-of day stands for the running
-- month's): restated ARR, 0 without a contract. An account is there from the first month end by which it had ARR.
with

intervals as (
    select * from {{ ref('int_revenue__arr_intervals') }}
),

accounts as (
    select
        account_id,
        min(from_date) as first_arr_date
    from intervals
    where arr > 0
    group by account_id
),

month_ends as (
    select distinct least({{ month_end('calendar.as_of_date') }}, {{ as_of_date() }}) as month_end_date
    from (select {{ date_add_days(history_start_date(), -1) }} as first_date) as bounds
    cross join {{ date_series('bounds.first_date', as_of_date()) }} as calendar
),

summed as (
    select
        intervals.account_id,
        month_ends.month_end_date,
        sum(intervals.arr) as arr
    from month_ends
    inner join intervals
        on
            month_ends.month_end_date >= intervals.from_date
            and month_ends.month_end_date < intervals.until_date
    group by intervals.account_id, month_ends.month_end_date
),

final as (
    select
        accounts.account_id,
        month_ends.month_end_date,
        accounts.first_arr_date,
        cast(coalesce(summed.arr, 0) as {{ dbt.type_numeric() }}) as arr
    from accounts
    inner join month_ends
        on accounts.first_arr_date <= month_ends.month_end_date
    left join summed
        on
            accounts.account_id = summed.account_id
            and month_ends.month_end_date = summed.month_end_date
)

select * from final
