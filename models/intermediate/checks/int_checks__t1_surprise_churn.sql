-- Of the accounts that churned in the last 90 days, those without a red day in the 60 days before (T1), and those
-- without a flag of any kind (T1N).
with

churns as (

    select
        is_surprise,
        has_no_flag
    from {{ ref('fct_account_churns') }}
    where churn_date > {{ date_add_days(as_of_date(), '-90') }} and is_surprise is not null

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
