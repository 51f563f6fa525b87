-- One row per account and day: the share of the features licensed that day that were used in the last 30 days
-- (lookback_days).
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('adoption_30d'),
) }}

{{ adopted_features('adoption_30d') }}
