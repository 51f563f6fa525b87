-- One row per goal of an account, with what was measured last.
select
    page_of(account_id) as account_page,
    goal,
    case state when 'missed' then 'not reached' else state end as state,
    plain_number(value) || coalesce(' ' || unit, '') as value_text,
    plain_number(target) || coalesce(' ' || unit, '') as target_text,
    due_date,
    measured_date
from marts.fct_outcomes
order by account_id, due_date nulls last, goal, outcome_id
