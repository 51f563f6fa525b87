-- One row per day a forecast was frozen, period and segment.
select
    cutoff,
    replace(period, '-', ' ') as period,
    segment_words(segment) as segment,
    cast(due_arr as double) as due_arr,
    cast(forecast_arr as double) as forecast_arr,
    whole(cast(ci_low as double)) || ' to ' || whole(cast(ci_high as double)) as interval_text,
    cast(actual_arr as double) as actual_arr,
    cast(forecast_accuracy as double) as forecast_accuracy,
    cast(bias_arr as double) as bias_arr,
    n
from marts.fct_renewal_forecast
order by period, segment, cutoff
