-- One row per month: ARR at its start, what moved it, ARR at its end.
select
    cast("month" as date) as month_start,
    cast(sum(arr_start) as double) as arr_start,
    cast(sum(arr_new) as double) as arr_new,
    cast(sum(arr_expansion) as double) as arr_expansion,
    cast(sum(arr_contraction) as double) as arr_contraction,
    cast(sum(arr_churned) as double) as arr_churned,
    cast(sum(arr_reactivation) as double) as arr_reactivation,
    cast(sum(arr_end) as double) as arr_end
from marts.fct_arr_movements
group by "month"
order by "month"
