-- One row per alert that is open and may reach people: none that is held (fct_alert_holds). Of an account's day all but
-- the gravest go to the digest; where the gravest is held, the next one takes its place.
with

alerts as (

    select * from {{ ref('fct_alerts') }}
    where state in ('created', 'acknowledged', 'ignored')

),

holds as (

    select * from {{ ref('fct_alert_holds') }}

),

-- alerts that were done are no longer told, but still the gravest of their day
all_of_day as (

    select
        fct_alerts.alert_key,
        row_number() over (
            partition by fct_alerts.account_id, cast(fct_alerts.created_at as date)
            order by
                case fct_alerts.severity
                    when 'critical' then 1
                    when 'urgent' then 2
                    when 'warning' then 3
                    when 'notice' then 4
                    else 5
                end,
                fct_alerts.alert_key
        ) as place
    from {{ ref('fct_alerts') }} as fct_alerts
    left join holds
        on fct_alerts.alert_key = holds.alert_key
    where holds.alert_key is null

),

final as (

    select
        alerts.alert_key,
        alerts.rule,
        alerts.milestone,
        alerts.account_id,
        alerts.account_name,
        alerts.contract_id,
        alerts.renewal_date,
        alerts.owner_id,
        alerts.owner_name,
        alerts.severity,
        alerts.subject,
        alerts.state,
        alerts.is_silent,
        all_of_day.place > 1 as is_digest,
        alerts.has_task,
        alerts.created_at,
        alerts.due_at,
        alerts.closed_at
    from alerts
    inner join all_of_day
        on alerts.alert_key = all_of_day.alert_key

)

select * from final
