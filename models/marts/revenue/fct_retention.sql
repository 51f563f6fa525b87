-- One row per period end, period, unit and segment. A cohort is every unit with ARR at the period's start; what it is worth
-- at the end gives GRR and NRR. Only whole months count. Renewal rates look at the renewals that fell due in the period.
with

month_ends as (

    select ends.*
    from {{ ref('int_revenue__arr_month_ends') }} as ends
    where ends.month_end_date = {{ month_end('ends.month_end_date') }}

),

accounts as (

    select account_id, parent_account_id, segment
    from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

periods as (

    select 'month' as period, 1 as months
    union all
    select 'quarter' as period, 3 as months
    union all
    select 'trailing_12m' as period, 12 as months

),

segments as (

    select * from {{ ref('segments') }}

),

units as (

    select
        'account' as unit,
        month_ends.account_id as unit_id,
        month_ends.month_end_date,
        month_ends.arr
    from month_ends
    union all
    select
        'parent' as unit,
        coalesce(accounts.parent_account_id, month_ends.account_id) as unit_id,
        month_ends.month_end_date,
        sum(month_ends.arr) as arr
    from month_ends
    left join accounts
        on month_ends.account_id = accounts.account_id
    group by coalesce(accounts.parent_account_id, month_ends.account_id), month_ends.month_end_date

),

cohorts as (

    select
        periods.period,
        ends.month_end_date as period_end,
        starts.month_end_date as period_start,
        starts.unit,
        starts.unit_id,
        starts.arr as arr_start,
        ends.arr as arr_end,
        coalesce(accounts.segment, segments.segment) as segment
    from units as ends
    cross join periods
    inner join units as starts
        on
            ends.unit = starts.unit
            and ends.unit_id = starts.unit_id
            and starts.month_end_date = {{ month_end(date_add_months('ends.month_end_date', '-periods.months')) }}
    left join accounts
        on starts.unit_id = accounts.account_id
    left join segments
        on starts.arr >= segments.arr_from and starts.arr < segments.arr_until
    where
        starts.arr > 0
        and (periods.period <> 'quarter' or extract(month from ends.month_end_date) in (3, 6, 9, 12))

),

sliced as (

    select cohorts.*, 'all' as slice from cohorts
    union all
    select cohorts.*, cohorts.segment as slice from cohorts

),

retention as (

    select
        sliced.period_end,
        sliced.period_start,
        sliced.period,
        sliced.unit,
        sliced.slice as segment,
        sum(sliced.arr_start) as arr_start,
        sum(sliced.arr_end) as arr_end,
        cast(sum(least(sliced.arr_end, sliced.arr_start)) as {{ dbt.type_float() }})
        / cast(sum(sliced.arr_start) as {{ dbt.type_float() }}) as grr,
        cast(sum(sliced.arr_end) as {{ dbt.type_float() }})
        / cast(sum(sliced.arr_start) as {{ dbt.type_float() }}) as nrr,
        1.0 * count(case when sliced.arr_end = 0 then 1 end) / count(*) as logo_churn_rate
    from sliced
    group by sliced.period_end, sliced.period_start, sliced.period, sliced.unit, sliced.slice

),

renewals as (

    select
        int_renewals__renewals.*,
        'all' as slice
    from {{ ref('int_renewals__renewals') }} as int_renewals__renewals
    union all
    select
        int_renewals__renewals.*,
        int_renewals__renewals.segment as slice
    from {{ ref('int_renewals__renewals') }} as int_renewals__renewals

),

renewal_rates as (

    select
        retention.period_end,
        retention.period,
        retention.unit,
        retention.segment,
        cast(sum(least(coalesce(renewals.renewed_arr, 0), renewals.arr)) as {{ dbt.type_float() }})
        / nullif(cast(sum(renewals.arr) as {{ dbt.type_float() }}), 0) as gross_renewal_rate,
        cast(sum(coalesce(renewals.renewed_arr, 0)) as {{ dbt.type_float() }})
        / nullif(cast(sum(renewals.arr) as {{ dbt.type_float() }}), 0) as net_renewal_rate
    from retention
    inner join renewals
        on
            retention.segment = renewals.slice
            and renewals.renewal_date > retention.period_start
            and renewals.renewal_date <= retention.period_end
    group by retention.period_end, retention.period, retention.unit, retention.segment

),

final as (

    select
        retention.period_end,
        retention.period,
        retention.unit,
        retention.segment,
        retention.arr_start,
        retention.arr_end,
        retention.grr,
        retention.nrr,
        retention.logo_churn_rate,
        renewal_rates.gross_renewal_rate,
        renewal_rates.net_renewal_rate
    from retention
    left join renewal_rates
        on
            retention.period_end = renewal_rates.period_end
            and retention.period = renewal_rates.period
            and retention.unit = renewal_rates.unit
            and retention.segment = renewal_rates.segment

)

select * from final
