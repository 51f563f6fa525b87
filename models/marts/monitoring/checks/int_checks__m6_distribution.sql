-- The largest share of scored accounts that one category holds.
with

categories as (

    select
        category,
        count(*) as account_count
    from {{ ref('fct_account_health_daily') }}
    where
        as_of_date = {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and category is not null
    group by category

)

select
    'M6' as check_id,
    1.0 * max(account_count) / sum(account_count) as value,
    coalesce(sum(account_count), 0) as n
from categories
