-- One row per period end, period, unit and segment (`all` too): what became of the ARR at the period's start, and of
-- the renewals that fell into it. Complete months only; restated by each run.
-- Not built when the history refuses what it is built from (history_guard):
-- depends_on: {{ ref('int_accounts__account_days') }}
with

rules as (
    {{ renewal_rules(['counts_reactivation']) }}
),

periods as (
    select
        'month' as period,
        1 as period_months
    union all
    select
        'quarter' as period,
        3 as period_months
    union all
    select
        'trailing_12m' as period,
        12 as period_months
),

unit_arrs as (
    select * from {{ ref('int_revenue__unit_arr_month_ends') }}
),

renewals as (
    select * from {{ ref('int_renewals__renewals') }}
    where renewal_date <= {{ as_of_date() }}
),

accounts as (
    select
        account_id,
        parent_account_id
    from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

month_ends as (
    select distinct month_end_date from unit_arrs
),

-- The last day of the month so many months before the first day after the period.
spans as (
    select
        periods.period,
        month_ends.month_end_date as period_end,
        {{ date_add_days(
            date_add_months(date_add_days('month_ends.month_end_date', 1), '-periods.period_months'), -1
        ) }} as period_start
    from month_ends
    cross join periods
    where
        periods.period != 'quarter'
        or extract(month from month_ends.month_end_date) in (3, 6, 9, 12)
),

covered_spans as (
    select * from spans
    where period_start >= {{ date_add_days(history_start_date(), -1) }}
),

-- Where reactivation does not count, ARR that was gone at a month end within the period stays gone.
cohorts as (
    select
        covered_spans.period,
        covered_spans.period_end,
        starts.unit,
        starts.unit_id,
        starts.segment,
        starts.arr as arr_start,
        case
            when max(rules.counts_reactivation) = 0 and min(later.arr) = 0 then 0
            else max(case when later.month_end_date = covered_spans.period_end then later.arr end)
        end as arr_end
    from covered_spans
    cross join rules
    inner join unit_arrs as starts
        on covered_spans.period_start = starts.month_end_date
    inner join unit_arrs as later
        on
            starts.unit = later.unit
            and starts.unit_id = later.unit_id
            and covered_spans.period_start < later.month_end_date
            and covered_spans.period_end >= later.month_end_date
    where starts.arr > 0
    group by
        covered_spans.period,
        covered_spans.period_end,
        starts.unit,
        starts.unit_id,
        starts.segment,
        starts.arr
),

unit_renewals as (
    select
        'account' as unit,
        account_id as unit_id,
        segment,
        renewal_date,
        arr as arr_due,
        coalesce(renewed_arr, 0) as renewed_arr
    from renewals
    union all
    select
        'parent' as unit,
        coalesce(accounts.parent_account_id, renewals.account_id) as unit_id,
        renewals.segment,
        renewals.renewal_date,
        renewals.arr as arr_due,
        coalesce(renewals.renewed_arr, 0) as renewed_arr
    from renewals
    left join accounts
        on renewals.account_id = accounts.account_id
),

-- A renewal of a unit that the cohort lacks is in the segment of its own account.
due as (
    select
        covered_spans.period,
        covered_spans.period_end,
        unit_renewals.unit,
        coalesce(cohorts.segment, unit_renewals.segment) as segment,
        unit_renewals.arr_due,
        unit_renewals.renewed_arr
    from covered_spans
    inner join unit_renewals
        on
            covered_spans.period_start < unit_renewals.renewal_date
            and covered_spans.period_end >= unit_renewals.renewal_date
    left join cohorts
        on
            covered_spans.period = cohorts.period
            and covered_spans.period_end = cohorts.period_end
            and unit_renewals.unit = cohorts.unit
            and unit_renewals.unit_id = cohorts.unit_id
),

-- The parts of both kinds, once under their segment and once under `all`.
parts as (
    {%- for segment in ['segment', "'all'"] %}
    select
        period,
        period_end,
        unit,
        {{ segment }},
        1 as unit_count,
        case when arr_end = 0 then 1 else 0 end as churned_count,
        arr_start,
        arr_end,
        least(arr_start, arr_end) as arr_kept,
        0 as arr_due,
        0 as arr_renewed,
        0 as arr_renewed_capped
    from cohorts
    union all
    select
        period,
        period_end,
        unit,
        {{ segment }},
        0 as unit_count,
        0 as churned_count,
        0 as arr_start,
        0 as arr_end,
        0 as arr_kept,
        arr_due,
        renewed_arr as arr_renewed,
        least(renewed_arr, arr_due) as arr_renewed_capped
    from due
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

summed as (
    select
        period_end,
        period,
        unit,
        segment,
        sum(unit_count) as unit_count,
        sum(churned_count) as churned_count,
        sum(arr_start) as arr_start,
        sum(arr_end) as arr_end,
        sum(arr_kept) as arr_kept,
        sum(arr_due) as arr_due,
        sum(arr_renewed) as arr_renewed,
        sum(arr_renewed_capped) as arr_renewed_capped
    from parts
    group by period_end, period, unit, segment
),

final as (
    select
        period_end,
        period,
        unit,
        segment,
        cast(unit_count as {{ dbt.type_bigint() }}) as unit_count,
        cast(arr_start as {{ dbt.type_numeric() }}) as arr_start,
        cast(arr_end as {{ dbt.type_numeric() }}) as arr_end,
        cast(arr_due as {{ dbt.type_numeric() }}) as arr_due,
        cast(arr_renewed as {{ dbt.type_numeric() }}) as arr_renewed,
        {{ ratio('arr_kept', 'arr_start') }} as grr,
        {{ ratio('arr_end', 'arr_start') }} as nrr,
        {{ ratio('churned_count', 'unit_count') }} as logo_churn_rate,
        {{ ratio('arr_renewed_capped', 'arr_due') }} as gross_renewal_rate,
        {{ ratio('arr_renewed', 'arr_due') }} as net_renewal_rate
    from summed
)

select * from final
