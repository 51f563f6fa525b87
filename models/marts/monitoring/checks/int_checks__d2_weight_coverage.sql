-- Share of scored accounts of which too little of the weight is known: the same line under which no alert fires.
with

rules as (
    {{ rule_values('score_rules', ['min_weight_coverage']) }}
)

select
    'D2' as check_id,
    case
        when count(*) > 0
            then 1.0 * count(case when health.weight_coverage < rules.min_weight_coverage then 1 end) / count(*)
    end as value,
    count(*) as n
from {{ ref('fct_account_health_daily') }} as health
cross join rules
where health.as_of_date = {{ as_of_date() }} and health.model_version = {{ model_version() }}
