-- One row per month of the last year with use: people, days and features. The running month is not whole.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.dim_accounts
),

uses as (
    select
        uses.*,
        last_day.as_of_date
    from intermediate.int_canonical__usage_events as uses
    cross join last_day
    where uses.event_count > 0 and uses.event_date <= last_day.as_of_date
)

select
    cast(date_trunc('month', event_date) as date) as month_start,
    last_day(cast(date_trunc('month', event_date) as date)) <= any_value(as_of_date) as is_whole,
    count(distinct lower(user_id)) as people,
    count(distinct event_date) as active_days,
    count(distinct feature) as features,
    cast(sum(event_count) as double) as uses
from uses
where cast(date_trunc('month', event_date) as date) > cast(date_trunc('month', as_of_date) as date) - interval 13 month
group by 1
order by 1
