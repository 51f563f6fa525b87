-- One row per month of the last year, from the first use on: people, days and features, 0 where nobody used it. The running
-- month is not whole. No row where no use was ever recorded: that is unknown, not 0.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.dim_accounts
),

uses as (
    select
        uses.*,
        cast(date_trunc('month', uses.event_date) as date) as month_start
    from intermediate.int_canonical__usage_events as uses
    cross join last_day
    where uses.event_count > 0 and uses.event_date <= last_day.as_of_date
),

months as (
    select cast(unnest(generate_series(
        greatest(
            date_trunc('month', (select min(event_date) from uses)),
            date_trunc('month', as_of_date) - interval 12 month
        ),
        date_trunc('month', as_of_date),
        interval 1 month
    )) as date) as month_start
    from last_day
)

select
    months.month_start,
    last_day(months.month_start) <= any_value(last_day.as_of_date) as is_whole,
    count(distinct lower(uses.user_id)) as people,
    count(distinct uses.event_date) as active_days,
    count(distinct uses.feature) as features,
    cast(coalesce(sum(uses.event_count), 0) as double) as uses
from months
cross join last_day
left join uses
    on months.month_start = uses.month_start
where (select count(*) from uses) > 0
group by months.month_start
order by months.month_start
