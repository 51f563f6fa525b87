-- Each check that is not by hand has a model, and each model of a check has a row in check_rules.
with

rules as (
    select check_id from {{ ref('check_rules') }}
    where status <> 'by_hand'
),

checks as (
    select check_id from {{ ref('int_checks__long') }}
)

select
    coalesce(rules.check_id, checks.check_id) as check_id,
    case when rules.check_id is null then 'a row in check_rules' else 'a model in int_checks__long' end as lacks
from rules
full outer join checks
    on rules.check_id = checks.check_id
where rules.check_id is null or checks.check_id is null
