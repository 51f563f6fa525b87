-- One row per account and day: whether an active executive sponsor met us, or at least answered, in the last 90 days
-- (lookback_days). There is no measure; null for all as long as no contact of any account is marked as an executive
-- sponsor.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
) }}

{{ contact_engagement('exec_sponsor', 'is_exec_sponsor') }}
