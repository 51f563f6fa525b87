-- One row: the verdict of the go-live gate (backtest, renewals of all segments at the near horizon) for the model
-- version in force.
with

near_horizon as (

    {{ rule_values('backtest_rules', ['near_horizon_days']) }}

),

final as (

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

)

select * from final
