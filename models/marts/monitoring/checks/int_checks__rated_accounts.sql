-- One row per scored account that its CSM rated in the window of M1: the latest rating and its category. Of ratings of
-- one instant the lower colour counts, as in the signal.
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'M1'

),

ratings as (

    select
        sentiments.account_id,
        sentiments.sentiment,
        row_number() over (
            partition by sentiments.account_id
            order by
                sentiments.event_at desc,
                case sentiments.sentiment when 'red' then 1 when 'yellow' then 2 else 3 end asc
        ) as recency
    from {{ ref('int_canonical__sentiments') }} as sentiments
    cross join rule
    where
        sentiments.event_date > {{ date_add_days(as_of_date(), '-rule.window_days') }}
        and sentiments.event_date <= {{ as_of_date() }}
        and sentiments.known_date <= {{ as_of_date() }}

),

health as (

    select
        account_id,
        category
    from {{ ref('fct_account_health_daily') }}
    where
        as_of_date = {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and category is not null

)

select
    ratings.account_id,
    ratings.sentiment,
    health.category
from ratings
inner join health
    on ratings.account_id = health.account_id
where ratings.recency = 1
