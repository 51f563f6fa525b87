-- One row per account and day: the share of the features licensed that day that were used in the last 90 days
-- (lookback_days).
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
) }}

{{ adopted_features('feature_adoption') }}
