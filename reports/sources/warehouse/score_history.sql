-- One row per account and day: every day of the last 90, before them one day a week.
-- Where several model versions scored a day, the one in force is shown.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
)

select
    page_of(health.account_id) as account_page,
    health.as_of_date,
    round(health.score, 2) as score
from marts.fct_account_health_daily as health
cross join last_day
where
    health.score is not null
    and (
        health.as_of_date > last_day.as_of_date - 90
        or datediff('day', health.as_of_date, last_day.as_of_date) % 7 = 0
    )
qualify row_number() over (
    partition by health.account_id, health.as_of_date
    order by
        in_force(health.model_version) desc,
        health.model_version desc
) = 1
order by health.account_id, health.as_of_date
