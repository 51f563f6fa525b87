-- Each renewal that churned is a loss of the same ARR, and what an account lost on the day of its churn is that of its
-- contracts.
with

renewals as (
    select
        contract_id,
        churn_date,
        sum(arr) as arr
    from {{ ref('int_renewals__renewals') }}
    where renewal_outcome = 'churned' and churn_date <= {{ as_of_date() }}
    group by contract_id, churn_date
),

losses as (
    select
        contract_id,
        churn_date,
        sum(arr_lost) as arr
    from {{ ref('fct_losses') }}
    group by contract_id, churn_date
),

churns as (
    select
        account_id,
        churn_date,
        arr_lost
    from {{ ref('fct_account_churns') }}
),

of_accounts as (
    select
        account_id,
        churn_date,
        sum(arr_lost) as arr
    from {{ ref('fct_losses') }}
    group by account_id, churn_date
)

select
    'renewal' as found,
    renewals.contract_id as id,
    renewals.churn_date,
    renewals.arr as expected,
    losses.arr as got
from renewals
left join losses
    on renewals.contract_id = losses.contract_id and renewals.churn_date = losses.churn_date
where losses.arr is null or abs(losses.arr - renewals.arr) > 0.005
union all
select
    'account' as found,
    churns.account_id as id,
    churns.churn_date,
    churns.arr_lost as expected,
    of_accounts.arr as got
from churns
left join of_accounts
    on churns.account_id = of_accounts.account_id and churns.churn_date = of_accounts.churn_date
where of_accounts.arr is null or abs(of_accounts.arr - churns.arr_lost) > 0.005
