-- One row per play and step of it that is for the account's segment: the day on which it comes up, by when it is due,
-- who does it, and what became of it by the as-of day. A step closes when its task is done, when its exit condition is
-- met, or when the play is over; nobody having touched it for `backlog_days` after it was due, it is ignored. Of the
-- steps before a renewal whose day had passed when the play began, only the latest comes up. What falls due on a
-- weekend or holiday is due on the next workday. A task that Tenure itself completed counts as one that nobody touched.
{%- if entity_is_connected('users') %}
{%- set owner_id = 'owners.user_id' %}
{%- else %}
{%- set owner_id = 'coalesce(renewals.owner_id, accounts.owner_id, accounts.owner_email, accounts.rule_owner_id)' %}
{%- endif %}
with

plays as (

    select * from {{ ref('int_plays__plays') }}

),

steps as (

    select * from {{ ref('int_plays__playbook_steps') }}

),

accounts as (

    select
        *,
        {{ rule_owner_id('territory', 'segment') }} as rule_owner_id
    from {{ ref('dim_accounts') }}

),

renewals as (

    select
        contract_id,
        renewal_date,
        owner_id
    from {{ ref('int_renewals__renewals') }}

),

users as (

    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }} and is_active

),

vp_cs as (

    select min(user_id) as user_id
    from users
    where role = 'vp_cs'

),

task_versions as (

    select
        *,
        coalesce({{ is_closed_by_tenure('status', 'close_reason') }}, false) as is_ours
    from {{ ref('int_canonical__tasks') }}
    where known_date <= {{ as_of_date() }}

),

tasks as (

    select
        task_key,
        max(
            case when known_until_date > {{ as_of_date() }} then case when is_ours then 'open' else status end end
        ) as task_status,
        max(case when known_until_date > {{ as_of_date() }} and is_ours then 1 else 0 end) = 1 as is_closed_by_tenure,
        min(
            case
                when status = 'completed' and not is_ours then coalesce(completed_date, event_date, known_date)
                when status = 'in_progress' then coalesce(event_date, known_date)
            end
        ) as first_action_date,
        max(
            case
                when known_until_date > {{ as_of_date() }} and not is_ours and status <> 'open'
                    then coalesce(completed_date, event_date, known_date)
            end
        ) as task_changed_date
    from task_versions
    group by task_key

),

planned as (

    select
        {{ surrogate_key(['plays.play_key', 'steps.step']) }} as step_key,
        plays.play_key,
        plays.play,
        plays.version,
        steps.step,
        steps.position,
        plays.account_id,
        plays.contract_id,
        plays.renewal_date,
        plays.started_date,
        plays.over_date,
        plays.over_reason,
        steps.owner_role,
        steps.due_days,
        steps.is_pressing,
        steps.title,
        steps.text,
        steps.exit_condition,
        steps.days_before is not null as is_before_anchor,
        steps.days_after_end is not null as is_after_end,
        case
            when steps.days_before is not null
                then {{ date_add_days('plays.anchor_date', '-steps.days_before') }}
            when steps.days_after_end is not null
                then
                    case
                        when plays.over_reason not in ('renewal_churned', 'account_left', 'turned_off')
                            then {{ date_add_days('plays.over_date', 'steps.days_after_end') }}
                    end
            else {{ date_add_days('plays.started_date', 'steps.day') }}
        end as planned_date
    from plays
    inner join steps
        on plays.play = steps.play and plays.version = steps.version
    inner join accounts
        on plays.account_id = accounts.account_id
    where {{ list_has('steps.segments', 'accounts.segment') }}

),

ranked as (

    select
        planned.*,
        is_before_anchor and planned_date < started_date as is_late,
        row_number() over (
            partition by play_key, is_before_anchor and planned_date < started_date
            order by planned_date desc, position desc
        ) as place
    from planned

),

opened as (

    select
        ranked.*,
        is_late and place > 1 as is_missed,
        case when planned_date is not null then greatest(planned_date, started_date) end as opens_date
    from ranked

),

dated as (

    select
        opened.*,
        case
            when opened.opens_date is not null
                then coalesce(workdays.workday_from, {{ date_add_days('opened.opens_date', 'opened.due_days') }})
        end as due_date
    from opened
    left join {{ ref('int_alerts__workdays') }} as workdays
        on {{ date_add_days('opened.opens_date', 'opened.due_days') }} = workdays.day_date

),

rules as (

    {{ rule_values('activation_rules', ['backlog_days']) }}

),

-- a sponsor or champion who was named while the play ran, before the step came up, meets the step too
exits as (

    select
        dated.step_key,
        min(greatest(exits.event_date, dated.opens_date)) as exit_date
    from dated
    inner join {{ ref('int_plays__exits') }} as exits
        on
            dated.account_id = exits.account_id
            and dated.exit_condition = exits.exit_condition
            and exits.event_date
            >= case
                when dated.exit_condition in ('sponsor', 'champion', 'onboarded') then dated.started_date
                else dated.opens_date
            end
    where dated.opens_date <= {{ as_of_date() }}
    group by dated.step_key

),

final as (

    select
        dated.step_key,
        dated.play_key,
        dated.play,
        dated.version,
        dated.step,
        dated.position,
        dated.account_id,
        accounts.name as account_name,
        case
            when dated.owner_role = 'vp_cs' then coalesce(vp_cs.user_id, owners.user_id)
            when dated.owner_role = 'manager' then coalesce(managers.user_id, vp_cs.user_id, owners.user_id)
            else {{ owner_id }}
        end as owner_id,
        dated.title,
        dated.text,
        dated.exit_condition,
        dated.is_pressing,
        dated.renewal_date,
        dated.opens_date,
        dated.due_date,
        case
            when dated.is_missed then 'skipped'
            when dated.opens_date is null
                then case when dated.over_date is null then 'planned' else 'skipped' end
            when dated.over_date <= dated.opens_date and not dated.is_after_end then 'skipped'
            when dated.opens_date > {{ as_of_date() }} then 'planned'
            when tasks.task_status = 'completed' then 'done'
            when tasks.task_status in ('cancelled', 'ignored') then tasks.task_status
            when exits.exit_date is not null then 'closed'
            when dated.over_date is not null and not dated.is_after_end then 'closed'
            when
                {{ days_between('dated.due_date', as_of_date()) }} > rules.backlog_days
                and coalesce(tasks.task_status, 'open') = 'open'
                then 'ignored'
            when dated.due_date < {{ as_of_date() }} then 'overdue'
            else 'open'
        end as state,
        case
            when dated.is_missed or dated.opens_date > {{ as_of_date() }} then null
            when dated.over_date <= dated.opens_date and not dated.is_after_end then null
            when tasks.task_status in ('completed', 'cancelled', 'ignored') then tasks.task_changed_date
            when exits.exit_date is not null
                then
                    least(
                        exits.exit_date,
                        case
                            when dated.is_after_end then exits.exit_date
                            else coalesce(dated.over_date, exits.exit_date)
                        end
                    )
            when dated.over_date is not null and not dated.is_after_end then dated.over_date
            when
                {{ days_between('dated.due_date', as_of_date()) }} > rules.backlog_days
                and coalesce(tasks.task_status, 'open') = 'open'
                then {{ date_add_days('dated.due_date', 'rules.backlog_days + 1') }}
        end as closed_date,
        case
            when dated.is_missed or dated.opens_date > {{ as_of_date() }} then null
            when dated.over_date <= dated.opens_date and not dated.is_after_end then null
            when tasks.task_status in ('completed', 'cancelled', 'ignored') then 'task'
            when
                exits.exit_date is not null
                and (dated.is_after_end or exits.exit_date <= coalesce(dated.over_date, exits.exit_date))
                then dated.exit_condition
            when dated.over_date is not null and not dated.is_after_end then dated.over_reason
            when
                {{ days_between('dated.due_date', as_of_date()) }} > rules.backlog_days
                and coalesce(tasks.task_status, 'open') = 'open'
                then 'not_done'
        end as close_reason,
        tasks.task_status is not null as has_task,
        coalesce(tasks.task_status = 'open' and not tasks.is_closed_by_tenure, false) as is_task_untouched,
        tasks.first_action_date
    from dated
    inner join accounts
        on dated.account_id = accounts.account_id
    cross join vp_cs
    cross join rules
    left join renewals
        on dated.contract_id = renewals.contract_id and dated.renewal_date = renewals.renewal_date
    left join users as owners
        on
            owners.user_id
            = coalesce(renewals.owner_id, accounts.owner_id, accounts.rule_owner_id)
    left join users as managers
        on owners.manager_id = managers.user_id
    left join exits
        on dated.step_key = exits.step_key
    left join tasks
        on dated.step_key = tasks.task_key

)

select * from final
