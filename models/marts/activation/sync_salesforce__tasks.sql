-- One row per open alert that its owner should act on: the gravest of an account's day, and no silent one. The task's
-- own status is the CRM's: it is never written.
with

alerts as (

    select * from {{ ref('fct_alerts') }}

),

final as (

    select
        alerts.alert_key as record_key,
        alerts.subject || ': ' || alerts.account_name as Subject, -- noqa: CP02
        alerts.account_id as WhatId, -- noqa: CP02
        alerts.owner_id as OwnerId, -- noqa: CP02
        cast(alerts.due_at as date) as ActivityDate, -- noqa: CP02
        case when alerts.severity in ('critical', 'urgent') then 'High' else 'Normal' end as Priority, -- noqa: CP02
        alerts.rule as Tenure_Rule__c, -- noqa: CP02
        alerts.severity as Tenure_Severity__c -- noqa: CP02
    from alerts
    where
        alerts.state in ('created', 'acknowledged')
        and not alerts.is_digest
        and not alerts.is_silent

)

select * from final
