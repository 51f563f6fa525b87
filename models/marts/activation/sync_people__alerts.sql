-- One row per person and open alert, or step of a play, that they are told of, and way of it: `alert` to its owner, on
-- its day; `escalation` to whom a step of its escalation names, on the day of the step; `digest` to its owner, every
-- day while it is open. Alerts that are held (fct_alert_holds) and silent ones are told to nobody; those of the digest,
-- and steps of plays, in the digest alone. What came up too long ago (`backlog_days`), or is past its due date when
-- first seen, is in the backlog: it stands in the digest. Where no source has users, an owner who is a mail address is
-- told there.
with

alerts as (

    select
        alert_key,
        rule,
        severity,
        subject,
        state,
        owner_id,
        owner_name,
        account_id,
        account_name,
        renewal_date,
        cast(created_at as date) as created_date,
        cast(due_at as date) as due_date,
        is_digest
    from {{ ref('int_activation__alerts') }}
    where closed_at is null and not is_silent

),

steps as (

    select
        step_key as alert_key,
        play as rule,
        case when is_pressing then 'warning' else 'notice' end as severity,
        play_title || ': ' || title as subject,
        case when has_task then 'acknowledged' else 'created' end as state,
        owner_id,
        cast(null as {{ dbt.type_string() }}) as owner_name,
        account_id,
        account_name,
        renewal_date,
        opens_date as created_date,
        due_date,
        true as is_digest
    from {{ ref('int_activation__steps') }}

),

open_work as (

    select * from alerts
    union all
    select * from steps

),

escalations as (

    select * from {{ ref('int_alerts__escalations') }}
    where escalates_date <= {{ as_of_date() }}

),

users as (

    select
        user_id,
        name,
        email
    from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }} and is_active

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

rules as (

    {{ rule_values('activation_rules', ['backlog_days']) }}

),

told as (

    select
        'alert' as kind,
        {{ dbt.concat(["'alert:'", 'alert_key']) }} as record_key,
        alert_key,
        owner_id as recipient_id,
        cast(null as {{ dbt.type_string() }}) as level,
        created_date as event_date
    from alerts
    where state = 'created' and not is_digest
    union all
    select
        'escalation' as kind,
        {{ dbt.concat([
            "'escalation:'", 'escalations.alert_key', "':'", 'escalations.level', "':'",
            'cast(escalations.after_days as ' ~ dbt.type_string() ~ ')',
        ]) }} as record_key,
        escalations.alert_key,
        escalations.escalated_to_id as recipient_id,
        escalations.level,
        escalations.escalates_date as event_date
    from escalations
    inner join alerts
        on escalations.alert_key = alerts.alert_key
    union all
    select
        'digest' as kind,
        {{ dbt.concat(["'digest:'", 'alert_key']) }} as record_key,
        alert_key,
        owner_id as recipient_id,
        cast(null as {{ dbt.type_string() }}) as level,
        created_date as event_date
    from open_work

),

final as (

    select
        told.record_key,
        {{ as_of_date() }} as as_of_date,
        told.kind,
        told.event_date,
        told.kind <> 'digest'
        and (
            {{ days_between('told.event_date', as_of_date()) }} > rules.backlog_days
            or (told.kind = 'alert' and open_work.due_date < {{ as_of_date() }})
        ) as is_backlog,
        told.recipient_id,
        coalesce(users.name, told.recipient_id) as recipient_name,
        coalesce(
            users.email, case when strpos(told.recipient_id, '@') > 0 then told.recipient_id end
        ) as recipient_email,
        told.level,
        open_work.alert_key,
        open_work.rule,
        open_work.severity,
        open_work.subject,
        open_work.state,
        coalesce(open_work.owner_name, owners.name) as owner_name,
        open_work.created_date,
        open_work.due_date,
        open_work.account_id,
        coalesce(open_work.account_name, open_work.account_id) as account_name,
        accounts.segment,
        accounts.arr,
        accounts.score,
        accounts.category_effective as category,
        accounts.flag,
        open_work.renewal_date
    from told
    inner join open_work
        on told.alert_key = open_work.alert_key
    inner join accounts
        on open_work.account_id = accounts.account_id
    cross join rules
    left join users
        on told.recipient_id = users.user_id
    left join users as owners
        on open_work.owner_id = owners.user_id
    where told.recipient_id is not null

)

select * from final
