-- One row per open alert that its owner should act on and source that has the account: the gravest of an account's day,
-- and no silent one. An alert in the backlog is older than `backlog_days`, or past its due date, and has no task yet:
-- it makes none. The task's status belongs to the CRM; int_activation__closed_tasks alone writes it.
with

alerts as (

    select * from {{ ref('int_activation__alerts') }}

),

sources as (

    select * from {{ ref('int_accounts__sources') }}

),

rules as (

    {{ rule_values('activation_rules', ['backlog_days']) }}

),

final as (

    select
        alerts.alert_key as record_key,
        sources.source_name,
        {{ as_of_date() }} as as_of_date,
        not alerts.has_task
        and (
            {{ days_between('cast(alerts.created_at as date)', as_of_date()) }} > rules.backlog_days
            or cast(alerts.due_at as date) < {{ as_of_date() }}
        ) as is_backlog,
        substr(alerts.subject || ': ' || coalesce(alerts.account_name, alerts.account_id), 1, 255) as subject,
        alerts.account_id,
        alerts.owner_id,
        cast(alerts.due_at as date) as due_date,
        alerts.severity in ('critical', 'urgent') as is_pressing,
        alerts.rule,
        alerts.severity
    from alerts
    cross join rules
    inner join sources
        on alerts.account_id = sources.account_id
    where
        alerts.state in ('created', 'acknowledged')
        and not alerts.is_digest
        and not alerts.is_silent

)

select * from final
