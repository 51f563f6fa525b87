-- One row per alert that closed by itself while its task stands open in the CRM, nobody having touched it, and source
-- that has the task: the task is completed, with the reason. What a person took up, put off or cancelled is theirs.
with

alerts as (

    select * from {{ ref('int_alerts__assigned') }}

),

tasks as (

    select
        task_key,
        source_name
    from {{ ref('int_canonical__tasks') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

final as (

    select
        alerts.alert_key as record_key,
        tasks.source_name,
        {{ as_of_date() }} as as_of_date,
        {{ closed_by_tenure('alerts.close_reason') }} as close_reason
    from alerts
    inner join tasks
        on alerts.alert_key = tasks.task_key
    where
        alerts.closed_date is not null
        and alerts.task_status = 'open'
        and not alerts.is_task_closed_by_tenure

)

select * from final
