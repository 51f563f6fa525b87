-- One row per metric, segment and quarter end, with its label and the way it is written.
with labelled as (
    select
        metrics.*,
        labels.position,
        labels.label,
        labels.written_as,
        labels.better_when,
        labels.reference
    from marts.fct_baseline_metrics as metrics
    inner join (
        values
        (1, 'grr', 'GRR, 12 months', 'percent', 'higher', 'median 90 %, best quarter above 95 %'),
        (2, 'nrr', 'NRR, 12 months', 'percent', 'higher', 'median 106 %, best above 130 %'),
        (3, 'logo_churn_rate', 'Accounts lost, 12 months', 'percent', 'lower', '10 to 15 % in mid-market, best below 7 %'),
        (4, 'surprise_churn_share', 'Churned without a red day in the 60 before', 'percent', 'lower', null),
        (5, 'unflagged_churn_share', 'Churned without any flag in the 60 days before', 'percent', 'lower', null),
        (6, 'preventable_churn_share', 'Churned at risk without a completed task', 'percent', 'lower', null),
        (7, 'gross_renewal_rate', 'Gross renewal rate of the quarter', 'percent', 'higher', null),
        (8, 'net_renewal_rate', 'Net renewal rate of the quarter', 'percent', 'higher', null),
        (9, 'arr_at_risk', 'ARR at risk', 'money', 'lower', null),
        (10, 'at_risk_share', 'Accounts at risk', 'percent', 'lower', null),
        (11, 'mean_score', 'Mean score', 'number', 'higher', null),
        (12, 'override_share', 'Accounts with an override', 'percent', null, null),
        (13, 'qbr_held_share', 'QBRs held, of those scheduled', 'percent', 'higher', 'goal 80 %'),
        (14, 'touchpoints_red', 'Touchpoints per red account', 'number', null, null),
        (15, 'touchpoints_yellow', 'Touchpoints per yellow account', 'number', null, null),
        (16, 'touchpoints_green', 'Touchpoints per green account', 'number', null, null)
    ) as labels (position, metric, label, written_as, better_when, reference)
        on metrics.metric = labels.metric
)

select
    position,
    metric,
    label as metric_label,
    segment_words(segment) as segment,
    period_end,
    value,
    case written_as
        when 'percent' then printf('%.1f %%', 100 * value)
        when 'money' then format('{:,}', cast(round(value) as bigint))
        else printf('%.1f', value)
    end as value_text,
    day_text(baseline_date) as baseline_date_text,
    case written_as
        when 'percent' then printf('%.1f %%', 100 * baseline_value)
        when 'money' then format('{:,}', cast(round(baseline_value) as bigint))
        else printf('%.1f', baseline_value)
    end as baseline_text,
    case
        when baseline_date = period_end then 'is the baseline'
        when written_as = 'percent' then replace(printf('%+.1f points', 100 * change_from_baseline), '-', '−')
        when written_as = 'money' and change_from_baseline < 0
            then '−' || format('{:,}', cast(round(-change_from_baseline) as bigint))
        when written_as = 'money' then '+' || format('{:,}', cast(round(change_from_baseline) as bigint))
        else replace(replace(printf('%+.1f', change_from_baseline), '-0.0', '+0.0'), '-', '−')
    end as change_text,
    case
        when baseline_date = period_end or change_from_baseline is null or better_when is null then '–'
        when abs(change_from_baseline) < case written_as when 'percent' then 0.0005 when 'money' then 0.5 else 0.05 end
            then 'the same'
        when (change_from_baseline > 0) = (better_when = 'higher') then 'better'
        else 'worse'
    end as verdict,
    reference,
    n,
    is_latest
from labelled
order by segment, position, period_end
