-- One row per account, model version and day on which its category or flag, or what these rest on (a score at all,
-- frozen signals, proof against leaks), is another than on its last day in scope before; its first day too. A row of no
-- account on each day says that the day was looked at.
{{ config(
    materialized='history',
    history_rows='changes',
    history_key='model_version',
    history_key_from='int_scores__model_version',
) }}

{%- set day_before = date_add_days(history_from_date(), -1) %}
{%- set columns = ['category', 'flag', 'is_frozen', 'is_leak_proof'] %}
with

-- The days to compute and the one before; of an account that came back, its last one before it left.
health as (
    select
        account_id,
        as_of_date,
        {{ columns | join(',\n        ') }},
        score is not null as is_scored
    from {{ ref('int_scores__scores') }}
    where
        as_of_date >= {{ day_before }}
        and as_of_date <= {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and {{ in_bucket('account_id') }}
    union all
    select
        account_id,
        as_of_date,
        {{ columns | join(',\n        ') }},
        score is not null as is_scored
    from {{ ref('int_scores__kept_days') }}
    where
        as_of_date < {{ day_before }}
        and model_version = {{ model_version() }}
        and is_in_scope
        and {{ in_bucket('account_id') }}
),

keyed as (
    select
        health.*,
        {{ surrogate_key(columns + ['is_scored']) }} as risk_key
    from health
),

with_previous as (
    select
        keyed.*,
        lag(risk_key) over (partition by account_id order by as_of_date) as previous_key
    from keyed
),

looked_at as (
    select
        '' as account_id,
        as_of_date
    from {{ date_series(history_from_date(), as_of_date()) }} as days
    where {{ in_bucket("''") }}
),

rows_of_days as (
    select
        account_id,
        as_of_date,
        {{ columns | join(',\n        ') }},
        is_scored
    from with_previous
    where
        as_of_date >= {{ history_from_date() }}
        and (previous_key is null or risk_key <> previous_key)
    union all
    select
        account_id,
        as_of_date,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as {{ dbt.type_string() }}) as flag,
        cast(null as {{ dbt.type_boolean() }}) as is_frozen,
        cast(null as {{ dbt.type_boolean() }}) as is_leak_proof,
        cast(null as {{ dbt.type_boolean() }}) as is_scored
    from looked_at
),

final as (
    select
        rows_of_days.*,
        model_version.model_version
    from rows_of_days
    cross join {{ ref('int_scores__model_version') }} as model_version
)

select * from final
