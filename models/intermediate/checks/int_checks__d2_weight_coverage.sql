-- Share of scored accounts of which less than 60 % of the weight is known.
select
    'D2' as check_id,
    case when count(*) > 0 then 1.0 * count(case when weight_coverage < 0.6 then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('fct_account_health_daily') }}
where as_of_date = {{ as_of_date() }} and model_version = {{ model_version() }}
