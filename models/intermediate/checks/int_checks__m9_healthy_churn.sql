-- Of the accounts that churned in the last 90 days, the share that was green 30 days before.
with

churns as (

    select
        account_id,
        churn_date,
        {{ date_add_days('churn_date', '-30') }} as looked_at_date
    from {{ ref('int_revenue__account_churns') }}
    where
        churn_date > {{ date_add_days(as_of_date(), '-90') }}
        and churn_date <= {{ as_of_date() }}

),

health as (

    select
        account_id,
        as_of_date,
        category
    from {{ ref('fct_account_health_daily') }}
    where
        model_version = {{ model_version() }}
        and as_of_date > {{ date_add_days(as_of_date(), '-120') }}

)

select
    'M9' as check_id,
    case when count(*) > 0 then 1.0 * count(case when health.category = 'green' then 1 end) / count(*) end as value,
    count(*) as n
from churns
inner join health
    on churns.account_id = health.account_id and churns.looked_at_date = health.as_of_date
