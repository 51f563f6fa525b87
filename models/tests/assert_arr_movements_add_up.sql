-- ARR at a month's start and its movements give the ARR at its end, to the cent, and one month's end is the next
-- one's start.
with

movements as (
    select
        fct_arr_movements.*,
        lead(arr_start) over (partition by account_id order by month) as next_arr_start
    from {{ ref('fct_arr_movements') }} as fct_arr_movements
)

select *
from movements
where
    arr_start + arr_new + arr_expansion + arr_contraction + arr_churned + arr_reactivation != arr_end
    or next_arr_start != arr_end
