-- One row per play and step of it: what is to be done, by whom and by when, and what became of it.
with

steps as (

    select * from {{ ref('int_plays__steps') }}

),

users as (

    select
        user_id,
        name
    from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }} and is_active

),

final as (

    select
        steps.step_key,
        steps.play_key,
        steps.play,
        steps.version,
        steps.step,
        steps.position,
        steps.account_id,
        steps.account_name,
        steps.owner_id,
        users.name as owner_name,
        steps.title,
        steps.text,
        steps.exit_condition,
        steps.opens_date,
        steps.due_date,
        steps.state,
        steps.closed_date,
        steps.close_reason,
        steps.has_task,
        steps.first_action_date,
        case
            when steps.first_action_date is not null
                then {{ days_between('steps.opens_date', 'steps.first_action_date') }}
        end as days_to_action
    from steps
    left join users
        on steps.owner_id = users.user_id

)

select * from final
