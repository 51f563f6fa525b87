-- One row per period end, period, unit and segment. The rates are ratios: 0.93 is 93 %.
select
    period_end,
    period,
    unit,
    segment_words(segment) as segment,
    cast(arr_start as double) as arr_start,
    cast(arr_end as double) as arr_end,
    cast(grr as double) as grr,
    cast(nrr as double) as nrr,
    cast(logo_churn_rate as double) as logo_churn_rate,
    cast(gross_renewal_rate as double) as gross_renewal_rate,
    cast(net_renewal_rate as double) as net_renewal_rate
from marts.fct_retention
order by period, unit, segment, period_end
