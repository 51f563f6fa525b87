-- One row per open alert that its owner should act on, or step of a play that is to be done, and source that has the
-- account: of alerts the gravest of an account's day, and no silent one. What is in the backlog is older than
-- `backlog_days`, or past its due date, and has no task yet: it makes none. The task's status belongs to the CRM;
-- int_activation__closed_tasks alone writes it.
with

alerts as (

    select
        alert_key as task_key,
        has_task,
        cast(created_at as date) as created_date,
        cast(due_at as date) as due_date,
        subject,
        account_id,
        account_name,
        owner_id,
        rule,
        severity,
        severity in ('critical', 'urgent') as is_pressing,
        cast(null as {{ dbt.type_string() }}) as body
    from {{ ref('int_activation__alerts') }}
    where
        state in ('created', 'acknowledged')
        and not is_digest
        and not is_silent

),

steps as (

    select
        step_key as task_key,
        has_task,
        opens_date as created_date,
        due_date,
        play_title || ': ' || title as subject,
        account_id,
        account_name,
        owner_id,
        play as rule,
        case when is_pressing then 'warning' else 'notice' end as severity,
        is_pressing,
        text as body
    from {{ ref('int_activation__steps') }}

),

tasks as (

    select * from alerts
    union all
    select * from steps

),

sources as (

    select * from {{ ref('int_accounts__sources') }}

),

rules as (

    {{ rule_values('activation_rules', ['backlog_days']) }}

),

final as (

    select
        tasks.task_key as record_key,
        sources.source_name,
        {{ as_of_date() }} as as_of_date,
        not tasks.has_task
        and (
            {{ days_between('tasks.created_date', as_of_date()) }} > rules.backlog_days
            or tasks.due_date < {{ as_of_date() }}
        ) as is_backlog,
        substr(tasks.subject || ': ' || coalesce(tasks.account_name, tasks.account_id), 1, 255) as subject,
        tasks.account_id,
        tasks.owner_id,
        tasks.due_date,
        tasks.is_pressing,
        tasks.rule,
        tasks.severity,
        tasks.body
    from tasks
    cross join rules
    inner join sources
        on tasks.account_id = sources.account_id

)

select * from final
