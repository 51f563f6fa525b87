-- One row per alert that fired by the as-of day, of every rule, with the key by which it is known: a hash of rule,
-- account, contract and milestone. What falls due on a weekend or holiday is due on the next workday.
{%- set models = [
    'renewal_notice', 'health_decline', 'sponsor_left', 'champion_missing', 'notice_given', 'account_acquired',
] %}
with

alerts as (
    {%- for model in models %}
    select
        rule,
        milestone,
        milestone_days,
        account_id,
        contract_id,
        renewal_date,
        created_date,
        closed_date,
        close_reason
    from {{ ref('int_alerts__' ~ model) }}
    where created_date <= {{ as_of_date() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rules as (
    select * from {{ ref('alert_rules') }}
),

workdays as (
    select * from {{ ref('int_alerts__workdays') }}
),

keyed as (
    select
        {{ surrogate_key(['alerts.rule', 'alerts.account_id', 'alerts.contract_id', 'alerts.milestone']) }}
            as alert_key,
        alerts.rule,
        alerts.milestone,
        alerts.milestone_days,
        alerts.account_id,
        alerts.contract_id,
        alerts.renewal_date,
        rules.severity,
        rules.subject,
        rules.is_silent,
        rules.owner_role,
        alerts.created_date,
        {{ date_add_days('alerts.created_date', 'rules.due_days') }} as due_date,
        case when alerts.closed_date <= {{ as_of_date() }} then alerts.closed_date end as closed_date,
        case when alerts.closed_date <= {{ as_of_date() }} then alerts.close_reason end as close_reason
    from alerts
    inner join rules
        on
            alerts.rule = rules.rule
            and coalesce(alerts.milestone_days, -1) = coalesce(rules.milestone_days, -1)
),

-- An alert is due on a workday, and about a renewal that is still to come not after it.
final as (
    select
        keyed.alert_key,
        keyed.rule,
        keyed.milestone,
        keyed.milestone_days,
        keyed.account_id,
        keyed.contract_id,
        keyed.renewal_date,
        keyed.severity,
        keyed.subject,
        keyed.is_silent,
        keyed.owner_role,
        keyed.created_date,
        case
            when
                keyed.renewal_date >= keyed.created_date
                and coalesce(due.workday_from, keyed.due_date) > keyed.renewal_date
                then greatest(keyed.created_date, coalesce(renewal.workday_by, keyed.renewal_date))
            else coalesce(due.workday_from, keyed.due_date)
        end as due_date,
        keyed.closed_date,
        keyed.close_reason
    from keyed
    left join workdays as due
        on keyed.due_date = due.day_date
    left join workdays as renewal
        on keyed.renewal_date = renewal.day_date
)

select * from final
