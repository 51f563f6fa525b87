-- One row per report of the first cycle after the launch (`tenant.launch_date`: the day from which people worked with
-- the scores): after 30, 60 and 90 days, and after a cycle, in which each yearly contract ended once. Of those that lie
-- ahead what is known so far. No row without a launch date, or before it.
{%- set launch_date = var('launch_date', none) %}
{%- set categories = ['red', 'yellow', 'green'] %}
{%- set outcomes = ['churned', 'renewed'] %}
with

rules as (

    {{ renewal_rules(['first_cycle_days', 'grace_days', 'surprise_churn_days']) }}

),

-- More surprises than this call for a look at what no signal sees.
surprise_check as (

    select red_line
    from {{ ref('check_rules') }}
    where check_id = 'T1'

),

launch as (

    select cast({{ "'" ~ launch_date ~ "'" if launch_date else 'null' }} as date) as launch_date

),

marks as (

    {%- for days in [30, 60, 90] %}
    select
        'day_{{ days }}' as report,
        {{ days }} as days
    union all
    {%- endfor %}
    select
        'first_cycle' as report,
        first_cycle_days as days
    from rules

),

reports as (

    select
        marks.report,
        launch.launch_date,
        {{ date_add_days('launch.launch_date', 'marks.days') }} as report_date
    from marks
    cross join launch
    where launch.launch_date <= {{ as_of_date() }}

),

windows as (

    select
        report,
        launch_date,
        report_date,
        least(report_date, {{ as_of_date() }}) as until_date
    from reports

),

spans as (

    select * from {{ ref('int_accounts__account_spans') }}

),

-- From each change to the next the account was of one category, on the days on which it was in scope.
categories as (

    {{ risk_spans() }}

),

churns as (

    select * from {{ ref('fct_account_churns') }}

),

renewals as (

    select
        account_id,
        renewal_date
    from {{ ref('int_renewals__renewals') }}
    where renewal_outcome in ('renewed', 'expanded', 'contracted')

),

-- The accounts by what was said of them on the day of the launch.
at_launch as (

    select
        spans.account_id,
        categories.category
    from launch
    inner join spans
        on launch.launch_date >= spans.from_date and launch.launch_date < spans.until_date
    inner join categories
        on
            spans.account_id = categories.account_id
            and launch.launch_date >= categories.from_date
            and launch.launch_date < categories.until_date

),

-- What became of each by the report: one that renewed and left after all has churned.
became as (

    select
        windows.report,
        at_launch.account_id,
        at_launch.category,
        case
            when count(churns.churn_date) > 0 then 'churned'
            when count(renewals.renewal_date) > 0 then 'renewed'
        end as outcome
    from windows
    cross join at_launch
    left join churns
        on
            at_launch.account_id = churns.account_id
            and windows.launch_date < churns.churn_date
            and windows.until_date >= churns.churn_date
    left join renewals
        on
            at_launch.account_id = renewals.account_id
            and windows.launch_date < renewals.renewal_date
            and windows.until_date >= renewals.renewal_date
    group by windows.report, at_launch.account_id, at_launch.category

),

kept as (

    select
        {%- for category in categories %}
        count(case when category = '{{ category }}' then 1 end) as {{ category }}_count,
        {%- for outcome in outcomes %}
        count(
            case when category = '{{ category }}' and outcome = '{{ outcome }}' then 1 end
        ) as {{ category }}_{{ outcome }}_count,
        {%- endfor %}
        {%- endfor %}
        report
    from became
    group by report

),

-- What was said so long before each churn that there was time to act, on the very day.
early as (

    select
        churns.account_id,
        churns.churn_date,
        churns.arr_lost,
        churns.is_surprise,
        churns.is_preventable,
        max(
            case
                when spans.account_id is null then null
                when categories.category = 'red' then 1
                else 0
            end
        ) as red_ahead_count
    from churns
    cross join rules
    left join categories
        on
            churns.account_id = categories.account_id
            and {{ date_add_days('churns.churn_date', '-rules.surprise_churn_days') }} >= categories.from_date
            and {{ date_add_days('churns.churn_date', '-rules.surprise_churn_days') }} < categories.until_date
    left join spans
        on
            categories.account_id = spans.account_id
            and {{ date_add_days('churns.churn_date', '-rules.surprise_churn_days') }} >= spans.from_date
            and {{ date_add_days('churns.churn_date', '-rules.surprise_churn_days') }} < spans.until_date
    group by
        churns.account_id, churns.churn_date, churns.arr_lost, churns.is_surprise, churns.is_preventable

),

lost as (

    select
        windows.report,
        count(early.account_id) as churn_count,
        sum(early.arr_lost) as arr_churned,
        count(early.red_ahead_count) as seen_ahead_count,
        count(case when early.red_ahead_count = 1 then 1 end) as red_ahead_count,
        sum(case when early.red_ahead_count is not null then early.arr_lost end) as seen_ahead_arr,
        sum(case when early.red_ahead_count = 1 then early.arr_lost else 0 end) as red_ahead_arr,
        count(early.is_surprise) as judged_count,
        count(case when early.is_surprise then 1 end) as surprise_count,
        case
            when count(early.is_preventable) > 0 then count(case when early.is_preventable then 1 end)
        end as preventable_count
    from windows
    inner join early
        on windows.launch_date < early.churn_date and windows.until_date >= early.churn_date
    group by windows.report

),

final as (

    select
        windows.report,
        windows.launch_date,
        windows.report_date,
        windows.until_date,
        -- until then a renewal of its last day may be late, and no churn yet
        {{ date_add_days('windows.report_date', 'rules.grace_days') }} <= {{ as_of_date() }} as is_complete,
        {%- for category in categories %}
        coalesce(kept.{{ category }}_count, 0) as {{ category }}_count,
        {%- for outcome in outcomes %}
        coalesce(kept.{{ category }}_{{ outcome }}_count, 0) as {{ category }}_{{ outcome }}_count,
        {%- endfor %}
        {%- endfor %}
        coalesce(lost.churn_count, 0) as churn_count,
        cast(coalesce(lost.arr_churned, 0) as {{ dbt.type_numeric() }}) as arr_churned,
        coalesce(lost.seen_ahead_count, 0) as seen_ahead_count,
        coalesce(lost.red_ahead_count, 0) as red_ahead_count,
        case
            when lost.seen_ahead_count > 0 then 1.0 * lost.red_ahead_count / lost.seen_ahead_count
        end as red_ahead_share,
        case
            when lost.seen_ahead_arr > 0
                then cast(lost.red_ahead_arr / lost.seen_ahead_arr as {{ dbt.type_float() }})
        end as red_ahead_arr_share,
        coalesce(lost.judged_count, 0) as judged_count,
        coalesce(lost.surprise_count, 0) as surprise_count,
        lost.preventable_count,
        case
            when lost.surprise_count = lost.judged_count and lost.judged_count > 0 then 'recalibrate'
            when lost.surprise_count > surprise_check.red_line then 'investigate'
            else 'none'
        end as next_step
    from windows
    cross join rules
    cross join surprise_check
    left join lost
        on windows.report = lost.report
    left join kept
        on windows.report = kept.report

)

select * from final
