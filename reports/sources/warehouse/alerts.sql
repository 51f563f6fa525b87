-- One row per alert that still asks for something, in the book of whom it belongs to: the owner of the renewal or the VP
-- CS may be another than that of the account. `what` says what happened and what to do.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
),

open_alerts as (
    select
        alerts.*,
        accounts.name,
        cast(coalesce(renewals.arr, accounts.arr) as double) as arr,
        cast(alerts.due_at as date) as due_date,
        cast(alerts.created_at as date) as created_date,
        last_day.as_of_date,
        datediff('day', cast(alerts.due_at as date), last_day.as_of_date) as days_overdue,
        case when alerts.renewal_date < last_day.as_of_date then ' was due on ' else ' renews on ' end
        || day_text(alerts.renewal_date) as renews_text
    from marts.fct_alerts as alerts
    cross join last_day
    left join marts.dim_accounts as accounts
        on alerts.account_id = accounts.account_id
    left join marts.fct_renewals as renewals
        on alerts.contract_id = renewals.contract_id and alerts.renewal_date = renewals.renewal_date
    -- a silent one asks nobody for anything more once its day is over
    where
        alerts.is_overdue
        or (
            alerts.state in ('created', 'acknowledged')
            and not (alerts.is_silent and cast(alerts.due_at as date) < last_day.as_of_date)
        )
)

select
    alert_key,
    rule as alert_rule,
    page_of(account_id) as account_page,
    '/accounts/' || page_of(account_id) as account_link,
    coalesce(name, account_id) as account_name,
    owner_label(owner_name, owner_id) as owner_name,
    md5(owner_label(owner_name, owner_id)) as owner_key,
    in_words(severity) as severity,
    case severity when 'critical' then 1 when 'urgent' then 2 when 'warning' then 3 when 'notice' then 4 else 5 end
        as severity_order,
    created_date,
    due_date,
    days_overdue,
    renewal_date,
    arr,
    case
        when days_overdue > 0 then 'Overdue'
        when days_overdue = 0 then 'Today'
        when days_overdue > -7 then 'This week'
        else 'Later'
    end as due,
    case
        when days_overdue > 0 then counted(days_overdue, 'day') || ' overdue'
        when days_overdue = 0 then 'today'
        else 'in ' || counted(-days_overdue, 'day')
    end as due_text,
    case rule
        when 'notice_given'
            then 'Gave notice on ' || day_text(created_date)
            || coalesce('; ' || whole(arr) || ' ends on ' || day_text(renewal_date), '')
            || '. Call the sponsor and ask what would keep them'
        when 'health_decline_critical'
            then 'Turned red on ' || day_text(created_date) || coalesce('; ' || whole(arr) || ' of ARR', '')
            || coalesce(renews_text, '') || '. Contact them today'
        when 'health_decline'
            then 'Health fell on ' || day_text(created_date) || coalesce('; ' || whole(arr) || ' of ARR', '')
            || coalesce(renews_text, '') || '. Agree on a plan with them'
        when 'sponsor_left'
            then 'The executive sponsor left (' || day_text(created_date) || ')'
            || coalesce('; ' || whole(arr) || ' of ARR', '') || '. Find who takes over and meet them'
        when 'champion_missing'
            then 'Has had no champion for too long' || coalesce('; ' || whole(arr) || ' of ARR', '')
            || coalesce(renews_text, '') || '. Find who speaks for the product there'
        when 'account_acquired'
            then 'Is being acquired' || coalesce('; ' || whole(arr) || ' of ARR', '')
            || '. Automated alerts are paused: say how to go on'
        when 'renewal_notice'
            then coalesce(whole(arr) || ' of ARR', 'The contract') || coalesce(renews_text, '')
            || '. ' || case
                when subject like '%: %' then in_words(split_part(subject, ': ', 2))
                else 'Settle it now'
            end
        else subject
    end as what,
    in_words(state) as state
from open_alerts
order by severity_order, due_date, arr desc, alert_key
