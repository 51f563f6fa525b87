-- One row per alert. The key is a hash of rule, account, contract and milestone, so that a rerun makes nothing twice.
-- The state comes back from the CRM as tasks; an alert without a task there is created until its cause is gone. One
-- whose task did not change by the due date is ignored, and stays so when its cause is gone on that day or later.
with

alerts as (

    select * from {{ ref('int_alerts__assigned') }}

),

escalations as (

    select * from {{ ref('int_alerts__escalations') }}

),

reached as (

    select
        escalations.*,
        row_number() over (
            partition by escalations.alert_key
            order by escalations.gravity desc, escalations.escalates_date asc, escalations.after_days asc
        ) as place
    from escalations
    where escalations.escalates_date <= {{ as_of_date() }}

),

coming as (

    select
        escalations.*,
        row_number() over (
            partition by escalations.alert_key
            order by escalations.escalates_date asc, escalations.gravity desc
        ) as place
    from escalations
    left join reached
        on escalations.alert_key = reached.alert_key and reached.place = 1
    where
        escalations.escalates_date > {{ as_of_date() }}
        and escalations.gravity > coalesce(reached.gravity, 0)

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
        reached.escalated_to_id,
        reached.level as escalation_level,
        coming.level as next_escalation_level,
        alerts.severity,
        alerts.subject,
        case
            when alerts.task_status = 'completed' then 'actioned'
            when alerts.task_status = 'in_progress' then 'acknowledged'
            when alerts.task_status = 'ignored' then 'ignored'
            when alerts.task_status = 'cancelled' then 'closed'
            when alerts.task_status = 'open' and alerts.due_date <= alerts.closed_date then 'ignored'
            when alerts.closed_date is not null then 'closed'
            when alerts.task_status = 'open' and alerts.due_date < {{ as_of_date() }} then 'ignored'
            else 'created'
        end as state,
        coalesce(
            alerts.task_close_reason,
            case when alerts.task_status is null or alerts.task_status = 'open' then alerts.close_reason end
        ) as close_reason,
        alerts.is_silent,
        alerts.is_digest,
        alerts.task_status is not null as has_task,
        coalesce(
            not alerts.is_silent
            and alerts.closed_date is null
            and coalesce(alerts.task_status, 'open') in ('open', 'in_progress')
            and alerts.due_date < {{ as_of_date() }},
            false
        ) as is_overdue,
        cast(alerts.created_date as {{ dbt.type_timestamp() }}) as created_at,
        cast(alerts.due_date as {{ dbt.type_timestamp() }}) as due_at,
        cast(reached.escalates_date as {{ dbt.type_timestamp() }}) as escalated_at,
        cast(coming.escalates_date as {{ dbt.type_timestamp() }}) as escalates_at,
        cast(alerts.acknowledged_date as {{ dbt.type_timestamp() }}) as acknowledged_at,
        cast(alerts.completed_date as {{ dbt.type_timestamp() }}) as completed_at,
        cast(
            case
                when alerts.cancelled_date < alerts.closed_date then alerts.cancelled_date
                else coalesce(alerts.closed_date, alerts.cancelled_date)
            end as {{ dbt.type_timestamp() }}
        ) as closed_at
    from alerts
    left join reached
        on alerts.alert_key = reached.alert_key and reached.place = 1
    left join coming
        on alerts.alert_key = coming.alert_key and coming.place = 1

)

select * from final
