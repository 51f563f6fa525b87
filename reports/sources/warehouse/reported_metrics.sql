-- One row per metric and month end, of all segments: as it was first said, and as it is said now.
select
    replace(replace(replace(replace(metric, '_', ' '), 'grr', 'GRR'), 'nrr', 'NRR'), 'arr', 'ARR') as metric_name,
    metric = 'arr' as is_money,
    period_end,
    reported_on,
    value_reported,
    value_now,
    coalesce(abs(value_now - value_reported) > 1e-9, true) as is_restated
from marts.fct_reported_metrics
where is_first and segment = 'all' and metric in ('arr', 'grr_trailing_12m', 'nrr_trailing_12m', 'logo_churn_rate_trailing_12m')
order by period_end, metric
