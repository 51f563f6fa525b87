-- An alert is due on a workday, but for one of a renewal that comes before the next.
select
    alerts.alert_key,
    alerts.created_date,
    alerts.due_date
from {{ ref('int_alerts__computed') }} as alerts
inner join {{ ref('int_alerts__workdays') }} as workdays
    on alerts.due_date = workdays.day_date
where
    workdays.workday_from <> alerts.due_date
    and not coalesce(alerts.due_date = alerts.created_date and alerts.renewal_date < workdays.workday_from, false)
