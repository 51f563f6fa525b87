-- One row per account and day: whether an active champion met us, or at least answered, in the last 90 days
-- (lookback_days). There is no measure; null for all as long as no contact of any account is marked as a champion.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('champion_engagement'),
) }}

{{ contact_engagement('champion_engagement', 'is_champion') }}
