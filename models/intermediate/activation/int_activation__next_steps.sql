-- One row per account with work: the first thing that is due of its open alerts and steps of plays.
with

work as (

    select
        account_id,
        subject,
        cast(due_at as date) as due_date,
        alert_key as work_key
    from {{ ref('int_activation__alerts') }}
    where closed_at is null and not is_silent and state in ('created', 'acknowledged')
    union all
    select
        account_id,
        play_title || ': ' || title as subject,
        due_date,
        step_key as work_key
    from {{ ref('int_activation__steps') }}

),

placed as (

    select
        account_id,
        subject,
        due_date,
        row_number() over (partition by account_id order by due_date, work_key) as place
    from work

),

final as (

    select
        account_id,
        subject as next_step,
        due_date
    from placed
    where place = 1

)

select * from final
