-- One row per alert and step of its escalation that happened, or that comes while nobody acts: who is told besides the
-- owner, and on which day. The steps are timers of their own (alert_escalations). One that wants the account at risk
-- happens on the first day on which it is, frozen days left out; one with a least ARR looks at the day on which the
-- alert fired. What falls on a day on which the account is being acquired does not happen; silent alerts and those of
-- the digest have no steps. An executive sponsor is among the users of no source, so the VP CS stands in.
with

alerts as (

    select * from {{ ref('int_alerts__assigned') }}
    where not is_silent and not is_digest

),

escalations as (

    select * from {{ ref('alert_escalations') }}

),

spans as (

    select
        account_id,
        from_date,
        until_date,
        arr,
        is_acquired
    from {{ ref('int_accounts__account_spans') }}

),

users as (

    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

vp_cs as (

    select min(user_id) as user_id
    from users
    where role = 'vp_cs' and is_active

),

risks as (

    select
        account_id,
        as_of_date as from_date,
        lead(as_of_date) over (partition by account_id order by as_of_date) as until_date,
        coalesce(flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false) as is_at_risk
    from {{ ref('int_alerts__risks') }}
    where not coalesce(is_frozen, false)

),

steps as (

    select
        alerts.alert_key,
        alerts.account_id,
        alerts.owner_id,
        escalations.level,
        escalations.after_days,
        escalations.requires,
        {{ date_add_days('alerts.created_date', 'escalations.after_days') }} as planned_date,
        least(
            coalesce(alerts.closed_date, {{ end_of_time() }}),
            coalesce(alerts.cancelled_date, {{ end_of_time() }}),
            coalesce(
                case when escalations.stops_when = 'acted' then alerts.acknowledged_date end, {{ end_of_time() }}
            )
        ) as stop_date
    from alerts
    inner join escalations
        on
            alerts.rule = escalations.rule
            and coalesce(alerts.milestone_days, -1) = coalesce(escalations.milestone_days, -1)
    left join spans
        on
            alerts.account_id = spans.account_id
            and alerts.created_date >= spans.from_date
            and alerts.created_date < spans.until_date
    where escalations.min_arr is null or spans.arr > escalations.min_arr

),

first_risks as (

    select
        steps.alert_key,
        steps.level,
        steps.after_days,
        min(greatest(steps.planned_date, risks.from_date)) as at_risk_date
    from steps
    inner join risks
        on
            steps.account_id = risks.account_id
            and steps.planned_date < coalesce(risks.until_date, {{ end_of_time() }})
    where
        steps.requires = 'at_risk'
        and risks.is_at_risk
    group by steps.alert_key, steps.level, steps.after_days

),

dated as (

    select
        steps.*,
        case
            when steps.requires = 'at_risk' then first_risks.at_risk_date
            else steps.planned_date
        end as escalates_date
    from steps
    left join first_risks
        on
            steps.alert_key = first_risks.alert_key
            and steps.level = first_risks.level
            and steps.after_days = first_risks.after_days

),

-- What is done by the end of the day of a timer is in time; a step at once does not wait for it.
final as (

    select
        dated.alert_key,
        dated.level,
        dated.after_days,
        case dated.level when 'manager' then 1 when 'vp_cs' then 2 else 3 end as gravity,
        dated.escalates_date,
        case
            when dated.level = 'manager' then coalesce(managers.user_id, vp_cs.user_id)
            else vp_cs.user_id
        end as escalated_to_id
    from dated
    cross join vp_cs
    left join users as owners
        on dated.owner_id = owners.user_id
    left join users as managers
        on owners.manager_id = managers.user_id and managers.is_active
    left join spans
        on
            dated.account_id = spans.account_id
            and dated.escalates_date >= spans.from_date
            and dated.escalates_date < spans.until_date
    where
        dated.escalates_date is not null
        and not coalesce(spans.is_acquired, false)
        and (
            dated.stop_date > dated.escalates_date
            or (dated.stop_date = dated.escalates_date and dated.after_days = 0)
        )

)

select * from final
