-- One row per account, model version and day on which a flag of at least at_risk_renewal came on, or went off again, since
-- the last day in scope before. A row of no account on each day says that the day was looked at.
{{ config(
    materialized='history',
    history_key='model_version',
    history_key_from='int_scores__model_version',
) }}

{%- set day_before = date_add_days(history_from_date(), -1) %}
with

-- The days to compute and the one before; of an account that came back, its last one before it left.
health as (
    select
        account_id,
        as_of_date,
        flag,
        is_frozen
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
        flag,
        is_frozen
    from {{ ref('int_scores__kept_days') }}
    where
        as_of_date < {{ day_before }}
        and model_version = {{ model_version() }}
        and is_scored
        and {{ in_bucket('account_id') }}
),

alarms as (
    select
        health.*,
        coalesce(flag in ('at_risk_renewal', 'critical'), false) as is_alarming
    from health
),

with_previous as (
    select
        alarms.*,
        coalesce(lag(is_alarming) over (partition by account_id order by as_of_date), false) as was_alarming
    from alarms
),

looked_at as (
    select
        '' as account_id,
        as_of_date
    from {{ date_series(history_from_date(), as_of_date()) }} as days
    where {{ in_bucket("''") }}
),

final as (
    select
        with_previous.account_id,
        with_previous.as_of_date,
        model_version.model_version,
        with_previous.flag,
        with_previous.is_frozen,
        with_previous.is_alarming
    from with_previous
    cross join {{ ref('int_scores__model_version') }} as model_version
    where
        with_previous.as_of_date >= {{ history_from_date() }}
        and with_previous.is_alarming <> with_previous.was_alarming
    union all
    select
        looked_at.account_id,
        looked_at.as_of_date,
        model_version.model_version,
        cast(null as {{ dbt.type_string() }}) as flag,
        cast(null as {{ dbt.type_boolean() }}) as is_frozen,
        cast(null as {{ dbt.type_boolean() }}) as is_alarming
    from looked_at
    cross join {{ ref('int_scores__model_version') }} as model_version
)

select * from final
