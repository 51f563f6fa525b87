-- One row per open alert that reaches nobody, and why: its account is excluded from its rule (alert_exclusions), too
-- few accounts have a renewal date (fct_data_quality.is_paused), or its rule waits for the score to pass its go-live
-- gate (alert_rules.waits_for_gate). It makes no task and is told to nobody; it stands in fct_alerts and on the pages
-- as any other.
with

alerts as (

    select * from {{ ref('fct_alerts') }}
    where closed_at is null and state in ('created', 'acknowledged', 'ignored')

),

exclusions as (

    select * from {{ ref('int_activation__exclusions') }}

),

-- of several, that of the account speaks, then that of the rule
excluded as (

    select
        alerts.alert_key,
        exclusions.from_date,
        exclusions.until_date,
        exclusions.reason,
        row_number() over (
            partition by alerts.alert_key
            order by
                case when exclusions.account_id is null then 1 else 0 end,
                case when exclusions.rule is null then 1 else 0 end
        ) as place
    from alerts
    inner join exclusions
        on
            (exclusions.account_id is null or alerts.account_id = exclusions.account_id)
            and (exclusions.rule is null or alerts.rule = exclusions.rule)

),

rules as (

    select
        rule,
        max(case when waits_for_gate then 1 else 0 end) = 1 as waits_for_gate
    from {{ ref('alert_rules') }}
    group by rule

),

gate as (

    select * from {{ ref('int_activation__gate') }}

),

final as (

    select
        alerts.alert_key,
        alerts.account_id,
        alerts.rule,
        case
            when excluded.alert_key is not null then 'excluded'
            when gate.is_paused then 'paused'
            else 'waits_for_gate'
        end as hold,
        case
            when excluded.alert_key is not null then excluded.reason
            when gate.is_paused then 'too few accounts have a renewal date'
            else 'the go-live gate: ' || gate.verdict
        end as reason,
        excluded.from_date,
        excluded.until_date
    from alerts
    inner join rules
        on alerts.rule = rules.rule
    cross join gate
    left join excluded
        on alerts.alert_key = excluded.alert_key and excluded.place = 1
    where excluded.alert_key is not null or gate.is_paused or (rules.waits_for_gate and not gate.is_passed)

)

select * from final
