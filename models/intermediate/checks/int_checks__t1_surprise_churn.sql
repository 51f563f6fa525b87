-- Accounts that churned in the last 90 days without a flag of any kind in the 60 days before.
with

churns as (

    select
        account_id,
        churn_date,
        {{ date_add_days('churn_date', '-60') }} as from_date
    from {{ ref('int_revenue__account_churns') }}
    where
        churn_date > {{ date_add_days(as_of_date(), '-90') }}
        and churn_date <= {{ as_of_date() }}

),

flagged as (

    select distinct
        churns.account_id,
        churns.churn_date
    from churns
    inner join {{ ref('fct_account_health_daily') }} as health
        on
            churns.account_id = health.account_id
            and churns.from_date <= health.as_of_date
            and churns.churn_date > health.as_of_date
    where
        health.flag is not null
        and health.model_version = {{ model_version() }}
        and health.as_of_date > {{ date_add_days(as_of_date(), '-150') }}

)

select
    'T1' as check_id,
    1.0 * count(case when flagged.account_id is null then 1 end) as value,
    count(*) as n
from churns
left join flagged
    on churns.account_id = flagged.account_id and churns.churn_date = flagged.churn_date
