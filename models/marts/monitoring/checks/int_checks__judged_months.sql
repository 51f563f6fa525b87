-- One row per month in which renewals were observed 90 days ahead and since decided: how many scores were decisive (red
-- or green), how many of those were right, and the two ways of being wrong. `months_ago` counts such months, latest 1.
with

observations as (

    select
        category,
        outcome,
        {{ month_end('observed_date') }} as month_end_date
    from {{ ref('stg_scoring__backtest_observations') }}
    where
        unit = 'renewal'
        and horizon_days = 90
        and model_version = {{ model_version() }}
        and outcome in ('churned', 'renewed')
        and category in ('red', 'green')

),

months as (

    select
        month_end_date,
        count(*) as decisive_count,
        count(case when (category = 'red') = (outcome = 'churned') then 1 end) as right_count,
        count(case when category = 'green' then 1 end) as green_count,
        count(case when category = 'green' and outcome = 'churned' then 1 end) as green_churned_count,
        count(case when category = 'red' then 1 end) as red_count,
        count(case when category = 'red' and outcome = 'renewed' then 1 end) as red_renewed_count
    from observations
    group by month_end_date

),

final as (

    select
        months.*,
        row_number() over (order by months.month_end_date desc) as months_ago
    from months

)

select * from final
