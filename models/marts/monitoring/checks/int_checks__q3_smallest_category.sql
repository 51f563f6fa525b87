-- The share of scored accounts in the category that holds the fewest: near 0 its cut sorts nobody.
with

categories as (
    {%- for category in ['red', 'yellow', 'green'] %}
    select
        count(case when category = '{{ category }}' then 1 end) as account_count,
        count(category) as scored_count
    from {{ ref('fct_account_health_daily') }}
    where as_of_date = {{ as_of_date() }} and model_version = {{ model_version() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    'Q3' as check_id,
    1.0 * min(account_count) / nullif(max(scored_count), 0) as value,
    coalesce(max(scored_count), 0) as n
from categories
