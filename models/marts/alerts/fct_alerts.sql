-- One row per alert. The key is a hash of rule, account, contract and milestone, so that a rerun makes nothing twice.
-- The state comes back from the CRM as tasks; an alert without a task there is created until its cause is gone. One whose
-- task did not change by the due date is ignored, and stays so when its cause is gone on that day or later.
with

alerts as (

    select * from {{ ref('int_alerts__long') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

renewals as (

    select * from {{ ref('int_renewals__renewals') }}

),

users as (

    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

tasks as (

    select * from {{ ref('int_canonical__tasks') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

vp_cs as (

    select min(user_id) as user_id
    from users
    where role = 'vp_cs' and coalesce(is_active, true)

),

keyed as (

    select
        {{ surrogate_key(['alerts.rule', 'alerts.account_id', 'alerts.contract_id', 'alerts.milestone']) }}
            as alert_key,
        alerts.rule,
        alerts.milestone,
        alerts.milestone_days,
        alerts.account_id,
        accounts.name as account_name,
        alerts.contract_id,
        alerts.renewal_date,
        case
            when rules.escalates_to = 'vp_cs' then coalesce(vp_cs.user_id, accounts.owner_id)
            when alerts.rule in ('renewal_notice', 'notice_given') then coalesce(renewals.owner_id, accounts.owner_id)
            else accounts.owner_id
        end as owner_id,
        rules.severity,
        rules.is_silent,
        rules.subject,
        rules.escalates_to,
        alerts.created_date,
        {{ date_add_days('alerts.created_date', 'rules.due_days') }} as due_date,
        case
            when alerts.closed_date <= {{ as_of_date() }} then alerts.closed_date
            when accounts.is_churned then accounts.as_of_date
        end as closed_date,
        case
            when alerts.closed_date <= {{ as_of_date() }} then alerts.close_reason
            when accounts.is_churned then 'account_left'
        end as close_reason
    from alerts
    inner join rules
        on
            alerts.rule = rules.rule
            and coalesce(alerts.milestone_days, -1) = coalesce(rules.milestone_days, -1)
    inner join accounts
        on alerts.account_id = accounts.account_id
    left join renewals
        on
            alerts.contract_id = renewals.contract_id
            and alerts.renewal_date = renewals.renewal_date
    cross join vp_cs
    where alerts.created_date <= {{ as_of_date() }}

),

ranked as (

    select
        keyed.*,
        row_number() over (
            partition by keyed.account_id, keyed.created_date
            order by
                case keyed.severity
                    when 'critical' then 1
                    when 'urgent' then 2
                    when 'warning' then 3
                    when 'notice' then 4
                    else 5
                end,
                keyed.alert_key
        ) as gravity
    from keyed

),

final as (

    select
        ranked.alert_key,
        ranked.rule,
        ranked.milestone,
        ranked.account_id,
        ranked.account_name,
        ranked.contract_id,
        ranked.renewal_date,
        ranked.owner_id,
        case
            when ranked.escalates_to = 'manager_and_vp_cs' then owners.manager_id
            when
                ranked.escalates_to = 'manager_if_at_risk'
                and accounts.flag in ('at_risk_sustained', 'at_risk_renewal', 'critical')
                then owners.manager_id
        end as escalated_to_id,
        ranked.severity,
        ranked.subject,
        case
            when tasks.status = 'completed' then 'actioned'
            when tasks.status = 'in_progress' then 'acknowledged'
            when tasks.status = 'ignored' then 'ignored'
            when tasks.status = 'cancelled' then 'closed'
            when tasks.status = 'open' and ranked.due_date <= ranked.closed_date then 'ignored'
            when ranked.closed_date is not null then 'closed'
            when tasks.status = 'open' and ranked.due_date < {{ as_of_date() }} then 'ignored'
            else 'created'
        end as state,
        coalesce(
            tasks.close_reason, case when tasks.status is null or tasks.status = 'open' then ranked.close_reason end
        ) as close_reason,
        ranked.is_silent,
        ranked.gravity > 1 as is_digest,
        cast(ranked.created_date as {{ dbt.type_timestamp() }}) as created_at,
        cast(ranked.due_date as {{ dbt.type_timestamp() }}) as due_at,
        cast(ranked.closed_date as {{ dbt.type_timestamp() }}) as closed_at
    from ranked
    inner join accounts
        on ranked.account_id = accounts.account_id
    left join users as owners
        on ranked.owner_id = owners.user_id
    left join tasks
        on ranked.alert_key = tasks.task_key

)

select * from final
