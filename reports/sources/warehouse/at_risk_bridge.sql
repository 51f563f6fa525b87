-- One row per span of days (a week, a month) up to the as-of day: ARR at risk from its start to its end, by what moved
-- it, and what leaders watch beside it. Unknown where nothing has a score.
select
    span_days,
    any_value(from_date) as from_date,
    any_value(as_of_date) as as_of_date,
    count(score_end) > 0 as is_scored,
    cast(sum(arr_start) as double) as arr_start,
    cast(sum(arr_end) as double) as arr_end,
    cast(sum(arr_at_risk_start) as double) as at_risk_start,
    cast(sum(arr_newly_at_risk) as double) as newly_at_risk,
    cast(sum(arr_recovered) as double) as recovered,
    cast(sum(arr_renewed) as double) as renewed,
    cast(sum(arr_lost) as double) as lost,
    cast(sum(arr_repriced) as double) as repriced,
    cast(sum(arr_at_risk_end) as double) as at_risk_end,
    count(case when movement = 'newly_at_risk' then 1 end) as newly_at_risk_count,
    count(case when movement = 'recovered' then 1 end) as recovered_count,
    count(case when movement = 'renewed' then 1 end) as renewed_count,
    count(case when movement = 'lost' then 1 end) as lost_count,
    count(case when movement = 'merged' or (movement = 'still_at_risk' and arr_end <> arr_start) then 1 end)
        as repriced_count,
    count(case when was_at_risk then 1 end) as at_risk_start_count,
    count(case when is_at_risk then 1 end) as at_risk_end_count,
    count(case when is_newly_red then 1 end) as newly_red_count,
    count(case when category_start = 'red' then 1 end) as red_start_count,
    count(case when category_end = 'red' then 1 end) as red_end_count
from marts.fct_arr_at_risk_changes
group by span_days
order by span_days
