-- One row per quarter of the last year: what was asked of support, and how it ended. Reviews that took place beside it.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.dim_accounts
),

happened as (
    select
        date_trunc('quarter', event_date) as quarter_start,
        1 as asked,
        case when solved_date is not null then 1 else 0 end as solved,
        datediff('day', event_date, solved_date) as days_to_solve,
        csat,
        0 as reviews
    from intermediate.int_canonical__tickets
    where known_until_date = date '9999-12-31' and event_date is not null
    union all
    select
        date_trunc('quarter', event_date),
        0,
        0,
        null,
        null,
        1
    from intermediate.int_canonical__meetings
    where known_until_date = date '9999-12-31' and type = 'qbr' and status in ('attended', 'recap')
)

select
    cast(happened.quarter_start as date) as quarter_start,
    strftime(happened.quarter_start, '%Y') || ' Q' || quarter(happened.quarter_start) as quarter_name,
    sum(happened.asked) as asked,
    sum(happened.solved) as solved,
    median(happened.days_to_solve) as days_to_solve,
    round(avg(happened.csat), 6) as csat,
    sum(happened.reviews) as reviews
from happened
cross join last_day
where
    happened.quarter_start <= last_day.as_of_date
    and happened.quarter_start > date_trunc('quarter', last_day.as_of_date) - interval 15 month
group by happened.quarter_start
order by happened.quarter_start
