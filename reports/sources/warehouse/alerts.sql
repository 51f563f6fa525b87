-- One row per alert that still asks for something.
select
    alerts.alert_key,
    alerts.rule as alert_rule,
    alerts.account_id,
    case
        when regexp_full_match(alerts.account_id, '[A-Za-z0-9_-]+') then alerts.account_id
        else md5(alerts.account_id)
    end as account_page,
    coalesce(accounts.name, alerts.account_id) as account_name,
    alerts.contract_id,
    coalesce(accounts.owner_name, alerts.owner_id, 'No owner') as owner_name,
    md5(coalesce(accounts.owner_name, alerts.owner_id, 'No owner')) as owner_key,
    alerts.severity,
    alerts.created_at,
    alerts.due_at,
    alerts.state
from marts.fct_alerts as alerts
left join marts.dim_accounts as accounts
    on alerts.account_id = accounts.account_id
where alerts.state in ('created', 'acknowledged')
order by alerts.created_at desc, alerts.alert_key
