-- Of the accounts that churned in the window, those without a red day in the days before (T1), and those without a flag
-- of any kind (T1N).
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'T1'

),

churns as (

    select
        churned.is_surprise,
        churned.has_no_flag
    from {{ ref('fct_account_churns') }} as churned
    cross join rule
    where
        churned.churn_date > {{ date_add_days(as_of_date(), '-rule.window_days') }}
        and churned.is_surprise is not null

)

select
    'T1' as check_id,
    1.0 * count(case when is_surprise then 1 end) as value,
    count(*) as n
from churns
union all
select
    'T1N' as check_id,
    1.0 * count(case when has_no_flag then 1 end) as value,
    count(*) as n
from churns
