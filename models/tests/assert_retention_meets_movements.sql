-- What the accounts of a month's cohort have in fct_retention is what their movements start and end with.
with

movements as (
    select
        {{ month_end('month') }} as period_end,
        sum(arr_start) as arr_start,
        sum(case when arr_start > 0 then arr_end else 0 end) as arr_end
    from {{ ref('fct_arr_movements') }}
    group by {{ month_end('month') }}
)

select
    retention.period_end,
    retention.arr_start,
    movements.arr_start as moved_arr_start,
    retention.arr_end,
    movements.arr_end as moved_arr_end
from {{ ref('fct_retention') }} as retention
inner join movements
    on retention.period_end = movements.period_end
where
    retention.period = 'month'
    and retention.unit = 'account'
    and retention.segment = 'all'
    and (retention.arr_start != movements.arr_start or retention.arr_end != movements.arr_end)
