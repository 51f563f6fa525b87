-- One row per account and month with ARR at either end: the net movement between the month ends, in one column each, so that
-- arr_start + movements = arr_end to the cent. The running month ends on the as-of day.
with

month_ends as (

    select
        ends.account_id,
        ends.month_end_date,
        ends.arr,
        lag(ends.arr) over (partition by ends.account_id order by ends.month_end_date) as arr_before,
        lag(ends.month_end_date) over (partition by ends.account_id order by ends.month_end_date) as previous_date,
        coalesce(
            max(ends.arr) over (
                partition by ends.account_id
                order by ends.month_end_date
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as most_arr_before
    from {{ ref('int_revenue__arr_month_ends') }} as ends

),

started as (

    select account_id, min(term_start_date) as first_term_start_date
    from {{ ref('int_revenue__term_versions') }}
    group by account_id

),

moved as (

    select
        month_ends.account_id,
        cast({{ dbt.date_trunc('month', 'month_ends.month_end_date') }} as date) as month,
        coalesce(month_ends.arr_before, 0) as arr_start,
        month_ends.arr as arr_end,
        month_ends.arr - coalesce(month_ends.arr_before, 0) as movement,
        month_ends.most_arr_before > 0
        or started.first_term_start_date
        < cast({{ dbt.date_trunc('month', 'month_ends.month_end_date') }} as date) as had_arr
    from month_ends
    inner join started
        on month_ends.account_id = started.account_id
    where month_ends.previous_date is not null

),

final as (

    select
        moved.account_id,
        moved.month,
        moved.arr_start,
        case when moved.arr_start = 0 and moved.arr_end > 0 and not moved.had_arr then moved.movement else 0 end as arr_new,
        case when moved.arr_start > 0 and moved.movement > 0 then moved.movement else 0 end as arr_expansion,
        case when moved.arr_end > 0 and moved.movement < 0 then moved.movement else 0 end as arr_contraction,
        case when moved.arr_start > 0 and moved.arr_end = 0 then moved.movement else 0 end as arr_churned,
        case when moved.arr_start = 0 and moved.arr_end > 0 and moved.had_arr then moved.movement else 0 end
            as arr_reactivation,
        moved.arr_end
    from moved
    where moved.arr_start <> 0 or moved.arr_end <> 0

)

select * from final
