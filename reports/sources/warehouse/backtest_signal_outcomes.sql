-- One row per outcome and signal, of the model version tested last: how the signal went with it.
select
    horizon_days,
    outcome,
    signal_words(signal) as signal_name,
    cast(weight as double) as weight,
    n,
    outcome_count,
    account_count,
    cast(mean_with as double) as mean_with,
    cast(mean_without as double) as mean_without,
    cast(correlation as double) as correlation,
    cast(correlation_ci_low as double) as correlation_ci_low,
    cast(correlation_ci_high as double) as correlation_ci_high,
    cast(auc as double) as auc,
    cast(ci_low as double) as ci_low,
    cast(ci_high as double) as ci_high,
    verdict
from marts.fct_backtest_signal_outcomes
qualify dense_rank() over (order by in_force(model_version) desc, model_version desc) = 1
order by outcome, abs(correlation) desc nulls last, signal_name
