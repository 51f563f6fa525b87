-- One row per metric, month end and segment (`all` too): what is said now of GRR, NRR and logo churn by period, of
-- accounts, and of the ARR at the month's end. A ratio without a cohort is not said.
with

retention as (
    select * from {{ ref('fct_retention') }}
    where unit = 'account'
),

arrs as (
    select * from {{ ref('int_revenue__unit_arr_month_ends') }}
    where unit = 'account' and month_end_date <= {{ as_of_date() }}
),

unioned as (
    {%- for ratio in ['grr', 'nrr', 'logo_churn_rate'] %}
    select
        {{ dbt.concat(["'" ~ ratio ~ "_'", 'period']) }} as metric,
        period_end,
        segment,
        cast({{ ratio }} as {{ dbt.type_float() }}) as value
    from retention
    union all
    {%- endfor %}
    select
        'arr' as metric,
        month_end_date as period_end,
        segment,
        cast(sum(arr) as {{ dbt.type_float() }}) as value
    from arrs
    group by month_end_date, segment
    union all
    select
        'arr' as metric,
        month_end_date as period_end,
        'all' as segment,
        cast(sum(arr) as {{ dbt.type_float() }}) as value
    from arrs
    group by month_end_date
),

final as (
    select * from unioned
    where value is not null
)

select * from final
