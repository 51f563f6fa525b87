-- One row per account and day of which the score is at hand without reading the history: the as-of day, and what is
-- kept.
{{ config(materialized='view') }}

with

scores as (
    select * from {{ ref('int_scores__scores') }}
    where model_version = {{ model_version() }} and as_of_date = {{ as_of_date() }}
),

adoption as (
    select * from {{ ref('int_signals__long') }}
    where signal = 'feature_adoption' and as_of_date = {{ as_of_date() }}
),

final as (
    {%- set columns = [
        'model_version', 'score', 'weight_coverage', 'category', 'category_effective', 'flag', 'trend',
        'score_delta_30d', 'needs_review', 'is_frozen',
    ] %}
    select
        scores.account_id,
        scores.as_of_date,
        {%- for column in columns %}
        scores.{{ column }},
        {%- endfor %}
        adoption.signal_value as feature_adoption
    from scores
    left join adoption
        on scores.account_id = adoption.account_id and scores.as_of_date = adoption.as_of_date
    union all
    select
        account_id,
        as_of_date,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        feature_adoption
    from {{ ref('int_scores__kept_days') }}
    where
        model_version = {{ model_version() }}
        and as_of_date < {{ as_of_date() }}
        and is_in_scope
)

select * from final
