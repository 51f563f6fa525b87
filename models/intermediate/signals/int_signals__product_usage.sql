-- One row per account and day: the mean of the product signals that have data. There is no measure.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('product_usage'),
) }}

{{ mean_of_signals(['login_frequency', 'feature_adoption', 'license_utilization']) }}
