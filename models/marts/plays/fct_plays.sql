-- One row per play of an account. It runs while what triggered it holds and a step is still to be done, and is closing
-- while only steps after that are left; it is completed when no step is left and at least one was done or met; else it
-- ended. Whether it saved a renewal: somebody acted on one of its steps, and the account's next renewal after the start
-- was won.
with

plays as (

    select * from {{ ref('int_plays__plays') }}

),

titles as (

    select distinct
        play,
        version,
        play_title as title
    from {{ ref('int_plays__playbook_steps') }}

),

accounts as (

    select
        account_id,
        name,
        segment
    from {{ ref('dim_accounts') }}

),

step_counts as (

    select
        play_key,
        sum(case when state <> 'skipped' then 1 else 0 end) as steps,
        sum(case when state in ('planned', 'open', 'overdue') then 1 else 0 end) as steps_left,
        sum(case when state = 'overdue' then 1 else 0 end) as steps_overdue,
        sum(
            case
                when state = 'done' then 1
                when state = 'closed' and close_reason = exit_condition then 1
                else 0
            end
        ) as steps_met,
        min(first_action_date) as first_action_date,
        max(closed_date) as last_closed_date
    from {{ ref('int_plays__steps') }}
    group by play_key

),

next_renewals as (

    select
        plays.play_key,
        renewals.renewal_date,
        renewals.renewal_outcome,
        renewals.outcome_known_date,
        renewals.arr,
        row_number() over (
            partition by plays.play_key order by renewals.renewal_date, renewals.contract_id
        ) as place
    from plays
    inner join {{ ref('int_renewals__renewals') }} as renewals
        on
            plays.account_id = renewals.account_id
            and plays.started_date <= renewals.renewal_date
            and (renewals.outcome_known_date is null or plays.started_date <= renewals.outcome_known_date)

),

final as (

    select
        plays.play_key,
        plays.play,
        titles.title,
        plays.version,
        plays.account_id,
        accounts.name as account_name,
        accounts.segment,
        plays.alert_key,
        plays.started_date,
        case
            when plays.over_date is null and step_counts.steps_left > 0 then 'running'
            when step_counts.steps_left > 0 then 'closing'
            when step_counts.steps_met > 0 then 'completed'
            else 'ended'
        end as state,
        case
            when step_counts.steps_left = 0 then coalesce(step_counts.last_closed_date, plays.over_date)
        end as ended_date,
        plays.over_reason,
        coalesce(step_counts.steps, 0) as steps,
        coalesce(step_counts.steps_met, 0) as steps_met,
        coalesce(step_counts.steps_overdue, 0) as steps_overdue,
        step_counts.first_action_date,
        case
            when step_counts.first_action_date is not null
                then {{ days_between('plays.started_date', 'step_counts.first_action_date') }}
        end as days_to_action,
        next_renewals.renewal_date,
        next_renewals.renewal_outcome,
        next_renewals.arr as renewal_arr,
        case
            when next_renewals.renewal_outcome is not null
                then
                    coalesce(
                        next_renewals.renewal_outcome <> 'churned'
                        and step_counts.first_action_date <= next_renewals.outcome_known_date,
                        false
                    )
        end as is_save
    from plays
    inner join titles
        on plays.play = titles.play and plays.version = titles.version
    inner join accounts
        on plays.account_id = accounts.account_id
    left join step_counts
        on plays.play_key = step_counts.play_key
    left join next_renewals
        on plays.play_key = next_renewals.play_key and next_renewals.place = 1

)

select * from final
