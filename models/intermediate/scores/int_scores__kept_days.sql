-- One row per account, model version and day long past of which later runs want the score (int_scores__asked_days), so
-- that they need not read the history for it.
{{ config(
    materialized='incremental',
    unique_key=['account_id', 'as_of_date', 'model_version'],
    on_schema_change='append_new_columns',
) }}

with

asked as (
    select * from {{ ref('int_scores__asked_days') }}
),

scores as (
    select * from {{ ref('int_scores__scores') }}
    where
        model_version = {{ model_version() }}
        and {{ is_day_of('as_of_date', 'int_scores__asked_days') }}
),

adoption as (
    select * from {{ ref('int_signals__long') }}
    where
        signal = 'feature_adoption'
        and {{ is_day_of('as_of_date', 'int_scores__asked_days') }}
),

final as (
    select
        asked.account_id,
        asked.as_of_date,
        model_version.model_version,
        scores.account_id is not null as is_in_scope,
        scores.score,
        scores.weight_coverage,
        scores.category,
        scores.category_effective,
        scores.flag,
        scores.trend,
        scores.score_delta_30d,
        scores.needs_review,
        scores.is_frozen,
        scores.is_leak_proof,
        scores.segment,
        cast(scores.arr as {{ dbt.type_numeric() }}) as arr,
        adoption.signal_value as feature_adoption
    from asked
    cross join {{ ref('int_scores__model_version') }} as model_version
    left join scores
        on asked.account_id = scores.account_id and asked.as_of_date = scores.as_of_date
    left join adoption
        on asked.account_id = adoption.account_id and asked.as_of_date = adoption.as_of_date
)

select * from final
