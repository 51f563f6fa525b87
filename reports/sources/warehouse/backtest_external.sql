-- One row per unit, horizon, segment and other platform, of the model version tested last: its score beside ours.
select
    unit,
    horizon_days,
    segment_words(segment) as segment,
    isolated(system) as system,
    n,
    case_count,
    churn_count,
    cast(auc_external as double) as auc_external,
    cast(auc_external_ci_low as double) as auc_external_ci_low,
    cast(auc_external_ci_high as double) as auc_external_ci_high,
    cast(auc_own as double) as auc_own,
    cast(auc_own_ci_low as double) as auc_own_ci_low,
    cast(auc_own_ci_high as double) as auc_own_ci_high,
    cast(auc_difference as double) as auc_difference,
    cast(ci_low as double) as ci_low,
    cast(ci_high as double) as ci_high,
    verdict,
    sentence
from marts.fct_backtest_external
qualify dense_rank() over (order by in_force(model_version) desc, model_version desc) = 1
order by unit, horizon_days, segment, system
