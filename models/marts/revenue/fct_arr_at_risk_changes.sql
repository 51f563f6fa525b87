-- One row per span of days up to the as-of day (a week, a month: `score_rules`) and account in scope at its start or
-- its end: what of its ARR was at risk at the start, what moved that, and what is at risk at the end. At risk is a flag
-- of at least at_risk_sustained. No row of a span that begins before history.
with

spans as (
    select
        cast(value as {{ dbt.type_int() }}) as span_days,
        {{ date_add_days(as_of_date(), '-cast(value as ' ~ dbt.type_int() ~ ')') }} as from_date
    from {{ ref('score_rules') }}
    where rule in ('short_change_days', 'medium_change_days')
),

health as (
    select
        account_id,
        as_of_date,
        score,
        category_effective,
        flag,
        cast(arr as {{ dbt.type_numeric() }}) as arr,
        coalesce(flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false) as is_at_risk
    from {{ ref('fct_account_health_in_force') }}
    where as_of_date in (
        select spans.from_date from spans
        union distinct
        select {{ as_of_date() }} as from_date
    )
),

starts as (
    select
        spans.span_days,
        spans.from_date,
        health.*
    from spans
    inner join health
        on spans.from_date = health.as_of_date
    where spans.from_date >= {{ history_start_date() }}
),

ends as (
    select
        spans.span_days,
        spans.from_date,
        health.*
    from spans
    inner join health
        on health.as_of_date = {{ as_of_date() }}
    where spans.from_date >= {{ history_start_date() }}
),

merged as (
    select account_id
    from {{ ref('dim_accounts') }}
    where merged_into_account_id is not null
),

renewed as (
    select distinct
        spans.span_days,
        renewals.account_id
    from {{ ref('int_renewals__renewals') }} as renewals
    inner join spans
        on renewals.outcome_known_date > spans.from_date
    where
        renewals.renewal_outcome in ('renewed', 'expanded', 'contracted')
        and renewals.outcome_known_date <= {{ as_of_date() }}
),

compared as (
    select
        coalesce(ends.account_id, starts.account_id) as account_id,
        coalesce(ends.span_days, starts.span_days) as span_days,
        coalesce(ends.from_date, starts.from_date) as from_date,
        starts.score as score_start,
        ends.score as score_end,
        starts.category_effective as category_start,
        ends.category_effective as category_end,
        starts.flag as flag_start,
        ends.flag as flag_end,
        coalesce(starts.arr, 0) as arr_start,
        coalesce(ends.arr, 0) as arr_end,
        starts.account_id is not null as was_in_scope,
        ends.account_id is not null as is_in_scope,
        coalesce(starts.is_at_risk, false) as was_at_risk,
        coalesce(ends.is_at_risk, false) as is_at_risk
    from starts
    full outer join ends
        on starts.account_id = ends.account_id and starts.span_days = ends.span_days
),

named as (
    select
        compared.*,
        case
            when compared.was_at_risk and compared.is_at_risk then 'still_at_risk'
            when compared.is_at_risk then 'newly_at_risk'
            when not compared.was_at_risk then 'not_at_risk'
            when not compared.is_in_scope and merged.account_id is not null then 'merged'
            when not compared.is_in_scope then 'lost'
            when renewed.account_id is not null then 'renewed'
            else 'recovered'
        end as movement
    from compared
    left join merged
        on compared.account_id = merged.account_id
    left join renewed
        on compared.account_id = renewed.account_id and compared.span_days = renewed.span_days
),

final as (
    select
        account_id,
        span_days,
        from_date,
        {{ as_of_date() }} as as_of_date,
        movement,
        score_start,
        score_end,
        score_end - score_start as score_change,
        category_start,
        category_end,
        flag_start,
        flag_end,
        was_in_scope,
        is_in_scope,
        was_at_risk,
        is_at_risk,
        coalesce(category_end = 'red', false)
        and was_in_scope
        and coalesce(category_start != 'red', true) as is_newly_red,
        arr_start,
        arr_end,
        case when was_at_risk then arr_start else 0 end as arr_at_risk_start,
        case when movement = 'newly_at_risk' then arr_end else 0 end as arr_newly_at_risk,
        case when movement = 'recovered' then 0 - arr_start else 0 end as arr_recovered,
        case when movement = 'renewed' then 0 - arr_start else 0 end as arr_renewed,
        case when movement = 'lost' then 0 - arr_start else 0 end as arr_lost,
        case movement
            when 'still_at_risk' then arr_end - arr_start
            when 'merged' then 0 - arr_start
            else 0
        end as arr_repriced,
        case when is_at_risk then arr_end else 0 end as arr_at_risk_end
    from named
)

select * from final
