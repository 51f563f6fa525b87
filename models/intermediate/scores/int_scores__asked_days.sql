-- One row per account and day long past of which later runs want the score, and that int_scores__kept_days does not
-- hold as it now is: the last day in scope before the account left, the day on which the outcome of a renewal became
-- known, and the days before a renewal from which the backtest looks ahead to it.
-- depends_on: {{ ref('int_history__reopened_accounts') }}, {{ ref('int_scores__model_version') }}
{%- set kept = relation_there('int_scores__kept_days') if not should_full_refresh() else none %}
{#- One that an earlier release made lacks what is kept now: it is asked for as if nothing were kept. #}
{%- if kept is not none and 'arr' not in adapter.get_columns_in_relation(kept) | map(attribute='name') %}
{%- set kept = none %}
{%- endif %}
with

spans as (
    select
        account_id,
        until_date,
        lead(from_date) over (partition by account_id order by from_date) as next_from_date
    from {{ ref('int_accounts__account_spans') }}
),

horizons as (
    select cast(value as {{ dbt.type_int() }}) as horizon_days
    from {{ ref('backtest_rules') }}
    where rule in ('near_horizon_days', 'far_horizon_days')
),

days_before_renewals as (
    select
        renewals.account_id,
        {{ date_add_days('renewals.renewal_date', '-horizons.horizon_days') }} as as_of_date
    from {{ ref('int_renewals__renewals') }} as renewals
    cross join horizons
),

asked as (
    select
        account_id,
        {{ date_add_days('until_date', -1) }} as as_of_date
    from spans
    where
        until_date <= {{ as_of_date() }}
        and (next_from_date is null or next_from_date > until_date)
    union distinct
    select
        account_id,
        outcome_known_date as as_of_date
    from {{ ref('int_renewals__renewals') }}
    where
        outcome_known_date >= {{ history_start_date() }}
        and outcome_known_date <= {{ as_of_date() }}
    union distinct
    select
        account_id,
        as_of_date
    from days_before_renewals
    where
        as_of_date >= {{ history_start_date() }}
        and as_of_date <= {{ as_of_date() }}
    {%- if kept is not none %}
    union distinct
    select
        account_id,
        as_of_date
    from {{ kept }}
    where model_version = {{ model_version() }}
    {%- endif %}
),

-- Those of accounts whose past is built again are asked for anew, and so is the as-of day.
kept as (
    {%- if kept is none %}
    select
        account_id,
        as_of_date
    from asked
    where false
    {%- else %}
    select
        kept_days.account_id,
        kept_days.as_of_date
    from {{ kept }} as kept_days
    left join {{ ref('int_history__reopened_accounts') }} as reopened
        on
            kept_days.account_id = reopened.account_id
            and kept_days.as_of_date >= reopened.from_date
    where
        kept_days.model_version = {{ model_version() }}
        and kept_days.as_of_date < {{ as_of_date() }}
        and reopened.account_id is null
    {%- endif %}
),

final as (
    select
        asked.account_id,
        asked.as_of_date
    from asked
    left join kept
        on asked.account_id = kept.account_id and asked.as_of_date = kept.as_of_date
    where kept.account_id is null
)

select * from final
