-- One row per alert that still asks for something, in the book of whom it belongs to: the owner of the renewal or the VP
-- CS may be another than that of the account.
select
    alerts.alert_key,
    replace(alerts.rule, '_', ' ') as alert_rule,
    '/accounts/' || page_of(alerts.account_id) as account_link,
    coalesce(accounts.name, alerts.account_id) as account_name,
    owner_label(alerts.owner_name, alerts.owner_id) as owner_name,
    md5(owner_label(alerts.owner_name, alerts.owner_id)) as owner_key,
    alerts.severity,
    alerts.created_at,
    alerts.due_at,
    alerts.state
from marts.fct_alerts as alerts
left join marts.dim_accounts as accounts
    on alerts.account_id = accounts.account_id
where alerts.state in ('created', 'acknowledged')
order by alerts.created_at desc, alerts.alert_key
