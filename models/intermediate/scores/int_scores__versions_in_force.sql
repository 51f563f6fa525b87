-- One row per change of the model version that is in force: the version, the day from which it is (the first one from
-- the beginning on), and the as-of day on which it was first built. What people were told on a day rests on the version
-- in force on it, so that a changed weight tells them nothing about days before it. A version that lived only on the
-- day of the next one was never in force. It cannot be built again, so that --full-refresh leaves it alone.
{{ config(
    materialized='incremental',
    full_refresh=false,
    unique_key='from_date',
    on_schema_change='append_new_columns',
) }}
{%- set is_there = flags.INTROSPECT is not false and is_incremental() %}
with

current_version as (
    select model_version from {{ ref('int_scores__model_version') }}
),

last_days as (
    select
        model_version,
        max(as_of_date) as last_date
    from {{ ref('int_scores__risk_changes') }}
    where account_id = ''
    group by model_version
),

{%- if is_there %}

held as (
    select
        model_version,
        from_date,
        first_built_on,
        row_number() over (order by from_date desc) as recency
    from {{ this }}
),

-- The version before, from its last day on; the day that it was first built on is that of the new one.
final as (
    select
        current_version.model_version,
        case
            when held.first_built_on = {{ as_of_date() }} then held.from_date
            else least(
                {{ as_of_date() }}, coalesce({{ date_add_days('last_days.last_date', 1) }}, {{ as_of_date() }})
            )
        end as from_date,
        {{ as_of_date() }} as first_built_on
    from current_version
    cross join held
    left join last_days
        on held.model_version = last_days.model_version
    where
        held.recency = 1
        and held.model_version <> current_version.model_version
        and held.first_built_on <= {{ as_of_date() }}
)
{%- else %}

-- Nothing was noted yet. Of versions that are there from before, the one that was built last was in force until now.
before as (
    select
        last_days.model_version,
        last_days.last_date,
        row_number() over (order by last_days.last_date desc, last_days.model_version asc) as recency
    from last_days
    inner join current_version
        on last_days.model_version <> current_version.model_version
),

final as (
    select
        model_version,
        {{ beginning_of_time() }} as from_date,
        last_date as first_built_on
    from before
    where recency = 1
    union all
    select
        current_version.model_version,
        case
            when before.last_date is null then {{ beginning_of_time() }}
            else least({{ as_of_date() }}, {{ date_add_days('before.last_date', 1) }})
        end as from_date,
        {{ as_of_date() }} as first_built_on
    from current_version
    left join before
        on before.recency = 1
)
{%- endif %}

select * from final
