-- One row per account that churned in the window of M9 and was in scope some days before (`lead_days`): its category on
-- that day, which is that of the last change by then, so that no history is read.
with

rule as (

    select
        window_days,
        lead_days
    from {{ ref('check_rules') }}
    where check_id = 'M9'

),

churns as (

    select
        churned.account_id,
        churned.churn_date,
        {{ date_add_days('churned.churn_date', '-rule.lead_days') }} as looked_at_date
    from {{ ref('int_revenue__account_churns') }} as churned
    cross join rule
    where
        churned.churn_date > {{ date_add_days(as_of_date(), '-rule.window_days') }}
        and churned.churn_date <= {{ as_of_date() }}

),

-- Accounts that were in scope on that day.
seen as (

    select churns.*
    from churns
    inner join {{ ref('int_accounts__account_spans') }} as spans
        on
            churns.account_id = spans.account_id
            and churns.looked_at_date >= spans.from_date
            and churns.looked_at_date < spans.until_date

),

health as (

    select
        seen.account_id,
        seen.churn_date,
        changes.category,
        row_number() over (
            partition by seen.account_id, seen.churn_date order by changes.as_of_date desc
        ) as recency
    from seen
    inner join {{ ref('int_scores__risk_changes') }} as changes
        on seen.account_id = changes.account_id and seen.looked_at_date >= changes.as_of_date
    where changes.model_version = {{ model_version() }}

)

select
    account_id,
    churn_date,
    category
from health
where recency = 1
