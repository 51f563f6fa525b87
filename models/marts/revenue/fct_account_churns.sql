-- One row per account and day on which it churned, up to the as-of day, with what the scores had said by then. Restated
-- by each run, like all of revenue. Reads the days on which category or flag changed, not the history.
with

rules as (

    {{ renewal_rules(['preventable_churn_days', 'surprise_churn_days']) }}

),

churns as (

    select
        churned.account_id,
        churned.churn_date,
        churned.outcome_known_date,
        churned.arr_lost,
        {{ date_add_days('churned.churn_date', '-rules.preventable_churn_days') }} as preventable_from_date,
        {{ date_add_days('churned.churn_date', '-rules.surprise_churn_days') }} as surprise_from_date
    from {{ ref('int_revenue__account_churns') }} as churned
    cross join rules
    where churned.churn_date <= {{ as_of_date() }}

),

spans as (

    select * from {{ ref('int_accounts__account_spans') }}

),

-- From each change to the next the account was of one category and flag, on the days on which it was in scope.
risks as (

    {{ risk_spans() }}

),

-- Spans of days before the churn that are alike.
days_before as (

    select
        churns.account_id,
        churns.churn_date,
        churns.preventable_from_date,
        churns.surprise_from_date,
        spans.segment,
        risks.category,
        risks.flag,
        greatest(spans.from_date, risks.from_date) as from_date,
        least(spans.until_date, risks.until_date, churns.churn_date) as until_date
    from churns
    inner join spans
        on
            churns.account_id = spans.account_id
            and churns.churn_date > spans.from_date
            and churns.preventable_from_date < spans.until_date
    inner join risks
        on
            churns.account_id = risks.account_id
            and churns.churn_date > risks.from_date
            and churns.preventable_from_date < risks.until_date

),

said as (

    select
        account_id,
        churn_date,
        max(case when until_date = churn_date then segment end) as segment,
        max(case when until_date > surprise_from_date then 1 else 0 end) as seen_count,
        max(case when category = 'red' and until_date > surprise_from_date then 1 else 0 end) as red_count,
        max(case when flag is not null and until_date > surprise_from_date then 1 else 0 end) as flag_count,
        max(
            case when flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') then 1 else 0 end
        ) as at_risk_count
    from days_before
    where from_date < until_date
    group by account_id, churn_date

),

acted as (

    select distinct
        churns.account_id,
        churns.churn_date
    from churns
    inner join {{ ref('int_canonical__tasks') }} as tasks
        on
            churns.account_id = tasks.account_id
            and churns.churn_date > coalesce(tasks.completed_date, tasks.event_date)
            and churns.preventable_from_date <= coalesce(tasks.completed_date, tasks.event_date)
    where
        tasks.status = 'completed'
        and tasks.known_date <= {{ as_of_date() }}
        and tasks.known_until_date > {{ as_of_date() }}

),

final as (

    select
        churns.account_id,
        churns.churn_date,
        said.segment,
        cast(churns.arr_lost as {{ dbt.type_numeric() }}) as arr_lost,
        -- Without tasks from the CRM nobody can know.
        case
            when {{ entity_is_connected('tasks') }} and said.account_id is not null
                then said.at_risk_count = 1 and acted.account_id is null
        end as is_preventable,
        case when said.seen_count = 1 then said.red_count = 0 end as is_surprise,
        case when said.seen_count = 1 then said.flag_count = 0 end as has_no_flag,
        churns.outcome_known_date
    from churns
    left join said
        on churns.account_id = said.account_id and churns.churn_date = said.churn_date
    left join acted
        on churns.account_id = acted.account_id and churns.churn_date = acted.churn_date

)

select * from final
