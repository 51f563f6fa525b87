-- One row per step of a play that is to be done now and may reach people: not of an account that is excluded from the
-- play or being acquired, nor of a play whose alerts wait for the go-live gate, and none while renewal dates pause all.
with

steps as (

    select * from {{ ref('int_plays__steps') }}
    where state in ('open', 'overdue')

),

plays as (

    select distinct
        play,
        version,
        play_title as title,
        trigger_kind,
        trigger_names
    from {{ ref('int_plays__playbook_steps') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

waiting as (

    select distinct
        plays.play,
        plays.version
    from plays
    inner join {{ ref('alert_rules') }} as rules
        on
            plays.trigger_kind = 'alert'
            and rules.waits_for_gate
            and {{ list_has('plays.trigger_names', 'rules.rule') }}
    cross join {{ ref('int_activation__gate') }} as gate
    where not gate.is_passed

),

excluded as (

    select distinct steps.step_key
    from steps
    inner join {{ ref('int_activation__exclusions') }} as exclusions
        on
            (exclusions.account_id is null or steps.account_id = exclusions.account_id)
            and (exclusions.rule is null or steps.play = exclusions.rule)

),

final as (

    select
        steps.step_key,
        steps.play,
        steps.step,
        plays.title as play_title,
        steps.account_id,
        steps.account_name,
        steps.owner_id,
        steps.title,
        steps.text,
        steps.is_pressing,
        steps.state,
        steps.renewal_date,
        steps.opens_date,
        steps.due_date,
        steps.has_task
    from steps
    inner join plays
        on steps.play = plays.play and steps.version = plays.version
    inner join accounts
        on steps.account_id = accounts.account_id
    cross join {{ ref('int_activation__gate') }} as gate
    left join waiting
        on steps.play = waiting.play and steps.version = waiting.version
    left join excluded
        on steps.step_key = excluded.step_key
    where
        not accounts.is_acquired
        and not gate.is_paused
        and waiting.play is null
        and excluded.step_key is null

)

select * from final
