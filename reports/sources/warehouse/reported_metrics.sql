-- One row per metric and month end, of all segments: as it was first said, and as it is said now.
select
    case metric
        when 'arr' then 'ARR'
        when 'grr_trailing_12m' then 'GRR, 12 months'
        when 'nrr_trailing_12m' then 'NRR, 12 months'
        else 'Accounts lost, 12 months'
    end as metric_name,
    metric = 'arr' as is_money,
    period_end,
    reported_on,
    value_reported,
    value_now,
    coalesce(abs(value_now - value_reported) > 1e-9, true) as is_restated
from marts.fct_reported_metrics
where is_first and segment = 'all' and metric in ('arr', 'grr_trailing_12m', 'nrr_trailing_12m', 'logo_churn_rate_trailing_12m')
order by period_end, metric
