-- One row per source that was ever synced.
select
    source_name,
    kind,
    case
        when is_failing_again then 'failed twice in a row'
        when is_stale then 'past its red line'
        when is_quiet then 'quiet: few rows for the day'
        when last_status <> 'succeeded' then 'last sync did not go well'
        else 'in time'
    end as finding,
    strftime(last_ok_at, '%Y-%m-%d %H:%M') as last_ok_text,
    red_line_hours,
    is_stale,
    failures_30d,
    last_rejected_count
from marts.fct_source_freshness
order by source_name
