-- Each account has on each day in scope as many rows as the preset has signals; that no signal has two is the key's
-- test.
with

spine as (
    select
        account_id,
        as_of_date
    from {{ ref('int_accounts__account_days') }}
    where
        as_of_date >= {{ tested_from_date('int_scores__contributions') }}
        and as_of_date <= {{ as_of_date() }}
),

signal_index as (
    select count(distinct signal) as signal_count from {{ ref('int_signals__index') }}
),

contributions as (
    select
        account_id,
        as_of_date,
        count(*) as row_count
    from {{ ref('fct_signal_contributions_daily') }}
    where
        model_version = {{ model_version() }}
        and as_of_date >= {{ tested_from_date('int_scores__contributions') }}
    group by account_id, as_of_date
)

select
    spine.account_id,
    spine.as_of_date,
    contributions.row_count
from spine
cross join signal_index
left join contributions
    on
        spine.account_id = contributions.account_id
        and spine.as_of_date = contributions.as_of_date
where not coalesce(contributions.row_count = signal_index.signal_count, false)
