-- Accounts in scope without a score.
select
    'H3' as check_id,
    1.0 * count(case when score is null then 1 end) as value,
    count(*) as n
from {{ ref('fct_account_health_daily') }}
where as_of_date = {{ as_of_date() }} and model_version = {{ model_version() }}
