-- Of the scored accounts those whose score fell suddenly by the as-of day. A start: count what your check looks at. One
-- row: the check's id, its value, and of how many (n); rules/check_rules.csv says when it is red.
with

days as (
    select is_sudden_drop
    from {{ ref('fct_account_health_daily') }}
    where
        as_of_date = {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and score is not null
)

select
    '__name__' as check_id,
    {{ ratio('count(case when is_sudden_drop then 1 end)', 'count(*)') }} as value,
    count(*) as n
from days
