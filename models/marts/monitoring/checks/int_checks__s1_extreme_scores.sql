-- The larger of the shares of scored accounts at 0 and at 100.
select
    'S1' as check_id,
    case
        when count(score) > 0
            then greatest(
                1.0 * count(case when score = 0 then 1 end) / count(score),
                1.0 * count(case when score = 100 then 1 end) / count(score)
            )
    end as value,
    count(score) as n
from {{ ref('fct_account_health_daily') }}
where as_of_date = {{ as_of_date() }} and model_version = {{ model_version() }}
