-- One row per report since the launch; the one of a day that is ahead says what is known so far.
select
    case report
        when 'day_30' then '30 days'
        when 'day_60' then '60 days'
        when 'day_90' then '90 days'
        else 'The first cycle'
    end || case when is_complete then '' else ' (so far)' end as report_text,
    day_text(launch_date) as launch_text,
    day_text(until_date) as until_text,
    printf('%d churned, %d renewed, of %d', red_churned_count, red_renewed_count, red_count) as red_text,
    printf('%d churned, %d renewed, of %d', yellow_churned_count, yellow_renewed_count, yellow_count) as yellow_text,
    printf('%d churned, %d renewed, of %d', green_churned_count, green_renewed_count, green_count) as green_text,
    churn_count,
    cast(arr_churned as double) as arr_churned,
    round(red_ahead_share, 6) as red_ahead_share,
    round(red_ahead_arr_share, 6) as red_ahead_arr_share,
    surprise_count,
    preventable_count,
    case next_step
        when 'recalibrate'
            then
                'No account that left had a red day in the time before: the score foretold nothing. '
                || 'Recalibrate it (tenure calibrate).'
        when 'investigate'
            then
                'Accounts left that nothing announced: look at what no signal sees, and connect a source that does. '
                || 'The page Retention names them.'
    end as next_step_text
from marts.fct_launch_reports
order by report_date, report
