-- One row per cohort of accounts, those whose first ARR came in one quarter, and quarter end since: what is left of the
-- ARR that they had at the end of that quarter. Accounts from before history are no cohort: nobody saw them begin.
-- Restated by each run.
with

quarter_ends as (
    select
        account_id,
        month_end_date,
        arr,
        {{ month_end(date_add_months('cast(' ~ dbt.date_trunc('quarter', 'first_arr_date') ~ ' as date)', 2)) }}
            as cohort_end_date
    from {{ ref('int_revenue__arr_month_ends') }}
    where
        first_arr_date >= {{ history_start_date() }}
        and extract(month from month_end_date) in (3, 6, 9, 12)
        and {{ month_end('month_end_date') }} = month_end_date
),

bases as (
    select
        account_id,
        cohort_end_date,
        arr as arr_start
    from quarter_ends
    where month_end_date = cohort_end_date and arr > 0
),

final as (
    select
        bases.cohort_end_date,
        quarter_ends.month_end_date as period_end,
        cast(
            4 * (extract(year from quarter_ends.month_end_date) - extract(year from bases.cohort_end_date))
            + extract(quarter from quarter_ends.month_end_date)
            - extract(quarter from bases.cohort_end_date)
            as {{ dbt.type_int() }}
        ) as quarters_since,
        count(*) as account_count,
        count(case when quarter_ends.arr > 0 then 1 end) as accounts_left,
        sum(bases.arr_start) as arr_start,
        sum(least(quarter_ends.arr, bases.arr_start)) as arr_kept,
        sum(quarter_ends.arr) as arr_end
    from bases
    inner join quarter_ends
        on
            bases.account_id = quarter_ends.account_id
            and bases.cohort_end_date <= quarter_ends.month_end_date
    group by bases.cohort_end_date, quarter_ends.month_end_date
)

select * from final
