-- The features of segments that the history now stands on. Built last, so that a run that is killed finds the
-- difference again.
-- depends_on: {{ ref('int_scores__scores') }}, {{ ref('int_scores__kept_days') }}
-- depends_on: {{ ref('int_scores__risk_changes') }}
select
    signal,
    segment,
    as_of_date,
    feature,
    customer_count,
    cuts_hash
from {{ ref('int_usage__segment_features') }}
