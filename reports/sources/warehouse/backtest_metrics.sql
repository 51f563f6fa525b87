-- One row per unit, horizon, segment and metric of the model version tested last.
select
    model_version,
    unit,
    horizon_days,
    segment_words(segment) as segment,
    metric,
    cast(value as double) as value,
    n,
    cast(ci_low as double) as ci_low,
    cast(ci_high as double) as ci_high,
    verdict,
    coalesce(is_in_sample, false) as is_in_sample
from marts.fct_backtest_metrics
qualify dense_rank() over (order by as_of_date desc, in_force(model_version) desc, model_version desc) = 1
order by unit, horizon_days, segment, metric
