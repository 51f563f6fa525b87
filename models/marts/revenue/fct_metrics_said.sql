-- One row per metric, month end, segment (`all` too) and day on which another value of it was said than before; the
-- first of them is the one first said. GRR, NRR and logo churn by period, of accounts, and ARR. The last run of a day
-- speaks for it. What was said cannot be built again, so that --full-refresh leaves it alone.
-- depends_on: {{ ref('int_scores__scores') }}
{{ config(
    materialized='incremental',
    full_refresh=false,
    on_schema_change='append_new_columns',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where reported_on = {{ as_of_date() }}{% endif %}",
) }}

with

now_said as (
    select * from {{ ref('fct_metrics_now') }}
),

{%- if flags.INTROSPECT is not false and is_incremental() %}

said as (
    select
        metric,
        period_end,
        segment,
        value_reported,
        row_number() over (partition by metric, period_end, segment order by reported_on desc) as recency
    from {{ this }}
    where reported_on < {{ as_of_date() }}
),
{%- endif %}

final as (
    select
        now_said.metric,
        now_said.period_end,
        now_said.segment,
        {{ as_of_date() }} as reported_on,
        now_said.value as value_reported
    from now_said
    {%- if flags.INTROSPECT is not false and is_incremental() %}
    left join said
        on
            now_said.metric = said.metric
            and now_said.period_end = said.period_end
            and now_said.segment = said.segment
            and said.recency = 1
    where said.metric is null or round(said.value_reported, 9) <> round(now_said.value, 9)
    {%- endif %}
)

select * from final
