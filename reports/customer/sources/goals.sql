-- One row per goal that was agreed on: what was measured last, and how far that is.
select
    goal,
    case state when 'reached' then 'reached' when 'open' then 'on the way' else 'still to reach' end as state,
    plain_number(value) || coalesce(' ' || unit, '') as value_text,
    plain_number(target) || coalesce(' ' || unit, '') as target_text,
    case when target > 0 then least(1, greatest(0, value / target)) end as share_reached,
    due_date,
    measured_date,
    state = 'reached' as is_reached
from marts.fct_outcomes
order by is_reached desc, due_date nulls last, goal, outcome_id
