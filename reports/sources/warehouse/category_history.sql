-- One row per week and state of health: accounts in scope and the ARR they stand for. The first three states are what is
-- at risk.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
),

weekly as (
    select health.*
    from marts.fct_account_health_daily as health
    cross join last_day
    where
        datediff('day', health.as_of_date, last_day.as_of_date) % 7 = 0
        and health.as_of_date > last_day.as_of_date - 371
    qualify row_number() over (
        partition by health.account_id, health.as_of_date
        order by
            in_force(health.model_version) desc,
            health.model_version desc
    ) = 1
)

select
    as_of_date,
    state_words(flag, score) as state,
    state_order(flag, score) as state_order,
    count(*) as account_count,
    cast(sum(arr) as double) as arr
from weekly
group by as_of_date, state_words(flag, score), state_order(flag, score)
order by as_of_date, state_order
