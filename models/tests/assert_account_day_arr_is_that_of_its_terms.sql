-- On the as-of day the ARR of the spine is the sum over the terms in force by all that is known then.
with

account_days as (
    select
        account_id,
        arr
    from {{ ref('int_accounts__account_days') }}
    where as_of_date = {{ as_of_date() }}
),

terms as (
    select
        account_id,
        sum(arr) as arr
    from {{ ref('int_revenue__arr_intervals') }}
    where from_date <= {{ as_of_date() }} and until_date > {{ as_of_date() }}
    group by account_id
)

select
    coalesce(account_days.account_id, terms.account_id) as account_id,
    account_days.arr as spine_arr,
    terms.arr as terms_arr
from account_days
full outer join terms
    on account_days.account_id = terms.account_id
where coalesce(account_days.arr, 0) != coalesce(terms.arr, 0)
