-- One row per account, kind of input and period: the inputs that the history now stands on. Built last, so that a run
-- that is killed finds the difference again.
-- depends_on: {{ ref('int_scores__scores') }}, {{ ref('int_scores__kept_days') }}
-- depends_on: {{ ref('int_scores__risk_changes') }}
select
    account_id,
    entity,
    period_date,
    row_count,
    fingerprint
from {{ ref('int_history__inputs') }}
