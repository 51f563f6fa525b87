-- One row per account, day in scope, model version and signal of the preset.
{{ config(materialized='view', meta={'history_of': ['int_scores__contributions']}) }}

select
    account_id,
    as_of_date,
    model_version,
    signal,
    dimension,
    measure,
    cut,
    signal_value,
    weight,
    contribution,
    is_frozen,
    is_leak_proof
from {{ ref('int_scores__contributions') }}
