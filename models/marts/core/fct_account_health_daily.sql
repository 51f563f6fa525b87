-- One row per account, day in scope and model version.
{{ config(materialized='view', meta={'history_of': ['int_scores__scores']}) }}

select
    account_id,
    as_of_date,
    model_version,
    segment,
    score,
    weight_coverage,
    category,
    category_effective,
    override_direction,
    override_reason,
    override_author,
    needs_review,
    is_frozen,
    is_leak_proof,
    score_delta_7d,
    score_delta_30d,
    score_delta_90d,
    trend,
    is_trending_to_red,
    is_sudden_drop,
    flag,
    days_to_renewal,
    cast(arr as {{ dbt.type_numeric() }}) as arr,
    config_hash
from {{ ref('int_scores__scores') }}
