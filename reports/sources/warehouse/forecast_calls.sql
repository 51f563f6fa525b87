-- One row per point on which forecasts are frozen and word of owners, all words together first.
select
    case frozen_at
        when 'quarter_start' then 'Start of the quarter'
        when 'days_60' then '60 days before its end'
        else '30 days before its end'
    end as frozen_at,
    case frozen_at when 'quarter_start' then 1 when 'days_60' then 2 else 3 end as point_order,
    case owner_call when 'all' then 'All calls' else in_words(owner_call) end as owner_call,
    owner_call = 'all' as is_all,
    n,
    churn_count,
    cast(call_arr as double) as call_arr,
    cast(forecast_arr as double) as forecast_arr,
    cast(kept_arr as double) as kept_arr,
    call_share,
    round(renewed_share, 6) as renewed_share,
    printf('%.0f to %.0f %%', 100 * renewed_share_ci_low, 100 * renewed_share_ci_high) as renewed_interval_text,
    round(call_brier, 6) as call_brier,
    round(forecast_brier, 6) as forecast_brier,
    round(call_wape, 6) as call_wape,
    round(forecast_wape, 6) as forecast_wape,
    case verdict
        when 'owner' then 'the owners'
        when 'forecast' then 'the forecast'
        when 'not_told_apart' then 'neither'
        else 'insufficient evidence'
    end as nearer,
    sentence
from marts.fct_forecast_calls
order by point_order, is_all desc, call_share desc, owner_call
