-- One row per alert that fired by the as-of day, also one that is computed no more: who answers for it, by when, and
-- what became of its task. The owner is that of the renewal; where the alert has none, the account's, else that of the
-- rules; an inactive owner is none. Of an account's day all but the gravest alert go to the digest. A task that Tenure
-- itself completed, because the alert had closed by itself, counts as one that nobody touched.
{%- set users_are_connected = entity_is_connected('users') %}
with

alerts as (

    select
        *,
        case
            when closed_date is null and withdrawn_date is not null then 'withdrawn'
            else close_reason
        end as reason,
        coalesce(closed_date, withdrawn_date) as ended_date
    from {{ ref('int_alerts__published') }}
    where published_date <= {{ as_of_date() }}

),

accounts as (

    select
        account_id,
        name,
        as_of_date,
        is_churned or merged_into_account_id is not null as has_left,
        {{ 'owner_id' if users_are_connected else 'coalesce(owner_id, owner_email)' }} as owner_id,
        {{ rule_owner_id('territory', 'segment') }} as rule_owner_id
    from {{ ref('dim_accounts') }}

),

renewals as (

    select * from {{ ref('int_renewals__renewals') }}

),

users as (

    select * from {{ ref('int_canonical__users') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and is_active

),

vp_cs as (

    select min(user_id) as user_id
    from users
    where role = 'vp_cs'

),

account_owners as (

    select
        accounts.account_id,
        {%- if users_are_connected %}
        coalesce(owners.user_id, rule_owners.user_id) as owner_id
        {%- else %}
        coalesce(accounts.owner_id, accounts.rule_owner_id) as owner_id
        {%- endif %}
    from accounts
    {%- if users_are_connected %}
    left join users as owners
        on accounts.owner_id = owners.user_id
    left join users as rule_owners
        on accounts.rule_owner_id = rule_owners.user_id
    {%- endif %}

),

task_versions as (

    select
        task_key,
        known_until_date,
        case when {{ is_closed_by_tenure('status', 'close_reason') }} then 'open' else status end as status,
        case when {{ is_closed_by_tenure('status', 'close_reason') }} then null else close_reason end as close_reason,
        coalesce({{ is_closed_by_tenure('status', 'close_reason') }}, false) as is_closed_by_tenure,
        known_date,
        event_date,
        completed_date
    from {{ ref('int_canonical__tasks') }}
    where known_date <= {{ as_of_date() }}

),

-- What a task is now, and the first day on which somebody had taken it up.
tasks as (

    select
        task_key,
        max(case when known_until_date > {{ as_of_date() }} then status end) as status,
        max(case when known_until_date > {{ as_of_date() }} then close_reason end) as close_reason,
        coalesce(
            max(case when known_until_date > {{ as_of_date() }} and is_closed_by_tenure then 1 end) = 1, false
        ) as is_closed_by_tenure,
        min(
            case
                when status = 'completed' then coalesce(completed_date, event_date, known_date)
                when status = 'in_progress' then coalesce(event_date, known_date)
            end
        ) as acknowledged_date,
        max(
            case
                when known_until_date > {{ as_of_date() }} and status = 'completed'
                    then coalesce(completed_date, event_date, known_date)
            end
        ) as completed_date,
        max(
            case
                when known_until_date > {{ as_of_date() }} and status = 'cancelled'
                    then coalesce(event_date, known_date)
            end
        ) as cancelled_date
    from task_versions
    group by task_key

),

keyed as (

    select
        alerts.alert_key,
        alerts.rule,
        alerts.milestone,
        alerts.milestone_days,
        alerts.account_id,
        accounts.name as account_name,
        alerts.contract_id,
        alerts.renewal_date,
        case
            when alerts.owner_role = 'vp_cs' and vp_cs.user_id is not null then vp_cs.user_id
            when renewals.contract_id is not null then renewals.owner_id
            else account_owners.owner_id
        end as owner_id,
        alerts.severity,
        alerts.subject,
        alerts.is_silent,
        alerts.created_date,
        alerts.due_date,
        coalesce(alerts.ended_date, case when accounts.has_left then accounts.as_of_date end) as closed_date,
        coalesce(alerts.reason, case when accounts.has_left then 'account_left' end) as close_reason
    from alerts
    inner join accounts
        on alerts.account_id = accounts.account_id
    inner join account_owners
        on alerts.account_id = account_owners.account_id
    left join renewals
        on
            alerts.contract_id = renewals.contract_id
            and alerts.renewal_date = renewals.renewal_date
    cross join vp_cs

),

final as (

    select
        keyed.*,
        users.name as owner_name,
        tasks.status as task_status,
        tasks.close_reason as task_close_reason,
        coalesce(tasks.is_closed_by_tenure, false) as is_task_closed_by_tenure,
        tasks.acknowledged_date,
        tasks.completed_date,
        tasks.cancelled_date,
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
        ) > 1 as is_digest
    from keyed
    left join tasks
        on keyed.alert_key = tasks.task_key
    left join users
        on keyed.owner_id = users.user_id

)

select * from final
