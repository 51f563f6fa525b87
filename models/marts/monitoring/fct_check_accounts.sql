-- One row per check of the as-of day and account behind its number: how many of the cases that count are the account's,
-- whose it is, and where its record is. Of shares that should be high (D4, H2, M11) these are the accounts that lack
-- it; of the two months of T2 the alerts that were ignored in either. Checks of sources, words, owners or statistics
-- have no accounts.
with

rules as (

    select
        check_id,
        title,
        window_days
    from {{ ref('check_rules') }}

),

score_rules as (
    {{ rule_values('score_rules', ['min_weight_coverage']) }}
),

health as (

    select
        account_id,
        score,
        category,
        weight_coverage
    from {{ ref('fct_account_health_daily') }}
    where as_of_date = {{ as_of_date() }} and model_version = {{ model_version() }}

),

incomplete as (

    select
        rules.check_id,
        quality.account_id,
        cast(null as {{ dbt.type_string() }}) as detail
    from {{ ref('fct_data_quality_accounts') }} as quality
    inner join rules
        on
            (quality.aspect = 'renewal_date' and rules.check_id in ('D1', 'D4'))
            or (quality.aspect = 'owner' and rules.check_id = 'D3')
    where not quality.is_complete

),

little_known as (

    select
        'D2' as check_id,
        health.account_id,
        cast(null as {{ dbt.type_string() }}) as detail
    from health
    cross join score_rules
    where health.weight_coverage < score_rules.min_weight_coverage

),

without_score as (

    select
        'H3' as check_id,
        account_id,
        cast(null as {{ dbt.type_string() }}) as detail
    from health
    where score is null

),

other_colour as (

    select
        'M1' as check_id,
        account_id,
        'rated ' || sentiment || ', scored ' || category as detail
    from {{ ref('int_checks__rated_accounts') }}
    where sentiment <> category

),

ignored as (

    select
        'M2' as check_id,
        alerts.account_id,
        alerts.subject as detail
    from {{ ref('fct_alerts') }} as alerts
    inner join rules
        on rules.check_id = 'M2'
    where
        {{ entity_is_connected('tasks') }}
        and alerts.state = 'ignored'
        and alerts.due_at > cast({{ date_add_days(as_of_date(), '-rules.window_days') }} as {{ dbt.type_timestamp() }})
        and alerts.due_at <= cast({{ as_of_date() }} as {{ dbt.type_timestamp() }})

),

ignored_for_long as (

    select
        'T2' as check_id,
        alerts.account_id,
        alerts.subject as detail
    from {{ ref('fct_alerts') }} as alerts
    inner join rules
        on rules.check_id = 'T2'
    where
        {{ entity_is_connected('tasks') }}
        and alerts.state = 'ignored'
        and cast(alerts.due_at as date) > {{ date_add_days(as_of_date(), '-2 * rules.window_days') }}
        and cast(alerts.due_at as date) <= {{ as_of_date() }}

),

first_tasks as (

    select
        'H2' as check_id,
        alerts.account_id,
        alerts.subject as detail
    from {{ ref('int_checks__first_tasks') }} as tasks
    inner join {{ ref('fct_alerts') }} as alerts
        on tasks.alert_key = alerts.alert_key
    where not tasks.is_completed_in_time

),

-- What nobody took up (M7), and what nobody completed (M11), by the day on which it was due.
late_tasks as (

    select
        rules.check_id,
        alerts.account_id,
        alerts.subject as detail
    from {{ ref('int_checks__due_tasks') }} as tasks
    inner join {{ ref('fct_alerts') }} as alerts
        on tasks.alert_key = alerts.alert_key
    inner join rules
        on
            (
                rules.check_id = 'M7'
                and tasks.rule = 'health_decline_critical'
                and not tasks.is_taken_up_in_time
            )
            or (rules.check_id = 'M11' and not tasks.is_completed_in_time)
    where
        tasks.due_date > {{ date_add_days(as_of_date(), '-rules.window_days') }}
        and not tasks.is_settled_before

),

orphans as (

    select
        'M3' as check_id,
        renewals.account_id,
        'renewal ' || cast(renewals.renewal_date as {{ dbt.type_string() }}) as detail
    from {{ ref('int_renewals__renewals') }} as renewals
    inner join rules
        on rules.check_id = 'M3'
    where
        renewals.renewal_outcome is null
        and renewals.days_to_renewal between 0 and rules.window_days
        and renewals.is_orphan

),

categories as (

    select 'red' as category
    union all
    select 'yellow' as category
    union all
    select 'green' as category

),

category_sizes as (

    select
        categories.category,
        count(health.account_id) as account_count
    from categories
    left join health
        on categories.category = health.category
    group by categories.category

),

ranked_categories as (

    select
        category,
        row_number() over (order by account_count desc, category asc) as from_largest,
        row_number() over (order by account_count asc, category asc) as from_smallest
    from category_sizes

),

in_category as (

    select
        rules.check_id,
        health.account_id,
        health.category as detail
    from health
    inner join ranked_categories
        on health.category = ranked_categories.category
    inner join rules
        on
            (rules.check_id = 'M6' and ranked_categories.from_largest = 1)
            or (rules.check_id = 'Q3' and ranked_categories.from_smallest = 1)

),

end_sizes as (

    select
        count(case when score = 0 then 1 end) as lowest_count,
        count(case when score = 100 then 1 end) as highest_count
    from health

),

ends_of_scale as (

    select
        'S1' as check_id,
        health.account_id,
        cast(null as {{ dbt.type_string() }}) as detail
    from health
    cross join end_sizes
    where health.score = case when end_sizes.lowest_count >= end_sizes.highest_count then 0 else 100 end

),

healthy_churn as (

    select
        'M9' as check_id,
        account_id,
        'churned ' || cast(churn_date as {{ dbt.type_string() }}) as detail
    from {{ ref('int_checks__churned_accounts') }}
    where category = 'green'

),

surprises as (

    select
        rules.check_id,
        churns.account_id,
        'churned ' || cast(churns.churn_date as {{ dbt.type_string() }}) as detail
    from {{ ref('fct_account_churns') }} as churns
    inner join rules as window_rule
        on window_rule.check_id = 'T1'
    inner join rules
        on (rules.check_id = 'T1' and churns.is_surprise) or (rules.check_id = 'T1N' and churns.has_no_flag)
    where
        churns.churn_date > {{ date_add_days(as_of_date(), '-window_rule.window_days') }}
        and churns.is_surprise is not null

),

left_out as (

    select
        'R1' as check_id,
        account_id,
        contract_id || ': ' || replace(finding, '_', ' ') as detail
    from {{ ref('fct_reconciliation') }}
    where is_missing

),

set_aside as (

    select distinct
        'R2' as check_id,
        account_id,
        entity || coalesce(' ' || record_key, '') as detail
    from {{ ref('fct_rejected_records') }}
    where severity = 'row' and is_current

),

unmapped as (

    select
        'R5' as check_id,
        account_id,
        reason_said as detail
    from {{ ref('fct_losses') }}
    where reason_category = 'unmapped'

),

cases as (
    {%- set found = [
        'incomplete', 'little_known', 'without_score', 'other_colour', 'ignored', 'ignored_for_long', 'first_tasks',
        'late_tasks', 'orphans', 'in_category', 'ends_of_scale', 'healthy_churn', 'surprises', 'left_out', 'set_aside', 'unmapped',
    ] %}
    {%- for each in found %}
    select
        check_id,
        account_id,
        detail
    from {{ each }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (

    select
        check_id,
        account_id,
        count(*) as case_count,
        min(detail) as detail
    from cases
    where account_id is not null
    group by check_id, account_id

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        counted.check_id,
        rules.title,
        counted.account_id,
        accounts.name,
        accounts.owner_id,
        accounts.owner_name,
        accounts.owner_email,
        accounts.arr,
        accounts.crm_url,
        counted.case_count,
        counted.detail
    from counted
    inner join rules
        on counted.check_id = rules.check_id
    left join {{ ref('dim_accounts') }} as accounts
        on counted.account_id = accounts.account_id

)

select * from final
