-- One row per month: ARR at its start, what moved it, ARR at its end. The running month is not whole.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
)

select
    cast(movements."month" as date) as month_start,
    last_day(cast(movements."month" as date)) <= any_value(last_day.as_of_date) as is_whole,
    cast(sum(movements.arr_start) as double) as arr_start,
    cast(sum(movements.arr_new) as double) as arr_new,
    cast(sum(movements.arr_expansion) as double) as arr_expansion,
    cast(sum(movements.arr_contraction) as double) as arr_contraction,
    cast(sum(movements.arr_churned) as double) as arr_churned,
    cast(sum(movements.arr_reactivation) as double) as arr_reactivation,
    cast(sum(movements.arr_end) as double) as arr_end
from marts.fct_arr_movements as movements
cross join last_day
group by movements."month"
order by movements."month"
