-- An account in scope has a score, unless each signal with a weight is null.
with

health as (
    select * from {{ ref('fct_account_health_daily') }}
    where score is null and as_of_date >= {{ tested_from_date('int_scores__scores') }}
),

contributions as (
    select * from {{ ref('fct_signal_contributions_daily') }}
    where
        signal_value is not null
        and weight > 0
        and as_of_date >= {{ tested_from_date('int_scores__scores') }}
)

select
    health.account_id,
    health.as_of_date,
    contributions.signal
from health
inner join contributions
    on
        health.account_id = contributions.account_id
        and health.as_of_date = contributions.as_of_date
        and health.model_version = contributions.model_version
