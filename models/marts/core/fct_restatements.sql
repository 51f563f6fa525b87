-- One row per account, day, model version, column and instant at which late data changed what was published of that
-- day: the value before, the value after (null where the row went), and why. Columns are those of
-- fct_account_health_daily, and <signal>.<column> of fct_signal_contributions_daily.
-- depends_on: {{ ref('int_scores__scores') }}, {{ ref('int_scores__contributions') }}
{{ config(materialized='view') }}

select
    account_id,
    as_of_date,
    model_version,
    column_name,
    value_before,
    value_after,
    cause,
    restated_at
from {{ ref('int_history__restatements') }}
