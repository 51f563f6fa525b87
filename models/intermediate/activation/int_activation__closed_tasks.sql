-- One row per alert, or step of a play, that closed by itself while its task stands open in the CRM, nobody having
-- touched it, and source that has the task: the task is completed, with the reason. What a person took up, put off or
-- cancelled is theirs.
with

alerts as (

    select
        alert_key as task_key,
        close_reason
    from {{ ref('int_alerts__assigned') }}
    where
        closed_date is not null
        and task_status = 'open'
        and not is_task_closed_by_tenure

),

steps as (

    select
        step_key as task_key,
        coalesce(close_reason, 'skipped') as close_reason
    from {{ ref('int_plays__steps') }}
    where state in ('closed', 'skipped') and is_task_untouched

),

closed as (

    select * from alerts
    union all
    select * from steps

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
        closed.task_key as record_key,
        tasks.source_name,
        {{ as_of_date() }} as as_of_date,
        {{ closed_by_tenure('closed.close_reason') }} as close_reason
    from closed
    inner join tasks
        on closed.task_key = tasks.task_key

)

select * from final
