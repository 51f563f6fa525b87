-- One row per unit, horizon and tenth of the accounts by score, of the model version tested last.
select
    unit,
    horizon_days,
    decile,
    n,
    mean_score,
    cast(churn_rate as double) as churn_rate,
    cast(ci_low as double) as ci_low,
    cast(ci_high as double) as ci_high
from marts.fct_backtest_calibration
qualify dense_rank() over (order by in_force(model_version) desc, model_version desc) = 1
order by unit, horizon_days, decile
