-- The contributions of an account and day add to its score within 1e-9; without a score there is none.
with

health as (
    select * from {{ ref('fct_account_health_daily') }}
    where as_of_date >= {{ tested_from_date('int_scores__scores') }}
),

contributions as (
    select
        account_id,
        as_of_date,
        model_version,
        sum(contribution) as contribution
    from {{ ref('fct_signal_contributions_daily') }}
    where as_of_date >= {{ tested_from_date('int_scores__scores') }}
    group by account_id, as_of_date, model_version
)

select
    health.account_id,
    health.as_of_date,
    health.score,
    contributions.contribution
from health
left join contributions
    on
        health.account_id = contributions.account_id
        and health.as_of_date = contributions.as_of_date
        and health.model_version = contributions.model_version
where not coalesce(abs(coalesce(health.score, 0) - contributions.contribution) <= 1e-9, false)
