-- One row per account and day on which its last contract in force ended without a renewal, restated; still to come when
-- all that is in force was cancelled. An account that came back may churn again.
with

intervals as (
    select * from {{ ref('int_revenue__arr_intervals') }}
),

closings as (
    select * from {{ ref('int_revenue__closing_days') }}
),

terms as (
    select
        account_id,
        contract_id,
        term_number,
        cycle_number,
        min(from_date) as from_date,
        max(until_date) as until_date,
        max(restated_until_date) as restated_until_date,
        max(churn_date) as churn_date,
        max(case when is_open then 1 else 0 end) as open_count
    from intervals
    group by account_id, contract_id, term_number, cycle_number
),

-- Spans without a day on which no contract is in force.
marked as (
    select
        terms.*,
        case
            when from_date <= max(until_date) over (
                partition by account_id
                order by from_date, until_date
                rows between unbounded preceding and 1 preceding
            ) then 0
            else 1
        end as is_span_start
    from terms
),

numbered as (
    select
        marked.*,
        sum(is_span_start) over (
            partition by account_id
            order by from_date, until_date
            rows between unbounded preceding and current row
        ) as span_number
    from marked
),

ends as (
    select
        account_id,
        span_number,
        max(until_date) as until_date
    from numbered
    group by account_id, span_number
),

-- Churned is a span of which every term that ended last ended so.
churned as (
    select
        numbered.account_id,
        ends.until_date as churn_date,
        numbered.span_number
    from numbered
    inner join ends
        on numbered.account_id = ends.account_id and numbered.span_number = ends.span_number
    where numbered.until_date = ends.until_date
    group by numbered.account_id, ends.until_date, numbered.span_number
    having
        max(numbered.open_count) = 0
        and min(case when numbered.churn_date = ends.until_date then 1 else 0 end) = 1
),

known as (
    select
        churned.account_id,
        churned.churn_date,
        max(closings.closed_date) as outcome_known_date
    from churned
    inner join numbered
        on churned.account_id = numbered.account_id and churned.span_number = numbered.span_number
    inner join closings
        on
            numbered.contract_id = closings.contract_id
            and numbered.term_number = closings.term_number
            and numbered.cycle_number = closings.cycle_number
    where numbered.churn_date = churned.churn_date
    group by churned.account_id, churned.churn_date
),

final as (
    select
        known.account_id,
        known.churn_date,
        known.outcome_known_date,
        sum(intervals.arr) as arr_lost
    from known
    inner join intervals
        on
            known.account_id = intervals.account_id
            and known.churn_date > intervals.from_date
            and known.churn_date <= intervals.until_date
    group by known.account_id, known.churn_date, known.outcome_known_date
)

select * from final
