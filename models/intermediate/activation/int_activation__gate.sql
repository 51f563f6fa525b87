-- One row: the verdict of the go-live gate (backtest, renewals of all segments at the near horizon) for the model
-- version in force, and whether too few accounts have a renewal date for anything to be automated (fct_data_quality).
with

near_horizon as (

    {{ rule_values('backtest_rules', ['near_horizon_days']) }}

),

verdict as (

    select
        coalesce(max(case when metrics.verdict = 'pass' then 1 else 0 end), 0) = 1 as is_passed,
        coalesce(max(metrics.verdict), 'not yet judged') as verdict
    from {{ ref('stg_scoring__backtest_metrics') }} as metrics
    inner join near_horizon
        on metrics.horizon_days = near_horizon.near_horizon_days
    where
        metrics.metric = 'go_live_gate'
        and metrics.unit = 'renewal'
        and metrics.segment = 'all'
        and metrics.model_version = {{ model_version() }}

),

dates as (

    select * from {{ ref('fct_data_quality') }}
    where aspect = 'renewal_date'

),

final as (

    select
        verdict.is_passed,
        verdict.verdict,
        coalesce(dates.is_paused, false) as is_paused,
        dates.complete_share as dated_share,
        dates.pause_share
    from verdict
    left join dates
        on dates.aspect = 'renewal_date'

)

select * from final
