-- One row per account and month in which it had ARR at the start or the end: what moved it, net between the two month
-- ends. The running month ends on the as-of day. Restated by each run.
-- Not built when the history refuses what it is built from (history_guard):
-- depends_on: {{ ref('int_accounts__account_days') }}
with

month_ends as (
    select * from {{ ref('int_revenue__arr_month_ends') }}
),

-- The first month begins at the last month end before history, which is no month of its own.
moved as (
    select
        account_id,
        cast({{ dbt.date_trunc('month', 'month_end_date') }} as date) as month_start_date,
        month_end_date,
        first_arr_date,
        coalesce(
            lag(arr) over (partition by account_id order by month_end_date), 0
        ) as arr_start,
        arr as arr_end
    from month_ends
),

final as (
    select
        account_id,
        cast(month_start_date as date) as month,
        arr_start,
        cast(
            case
                when arr_start = 0 and first_arr_date >= month_start_date then arr_end else 0
            end as {{ dbt.type_numeric() }}
        ) as arr_new,
        cast(
            case
                when arr_start > 0 and arr_end > arr_start then arr_end - arr_start else 0
            end as {{ dbt.type_numeric() }}
        ) as arr_expansion,
        cast(
            case
                when arr_end > 0 and arr_end < arr_start then arr_end - arr_start else 0
            end as {{ dbt.type_numeric() }}
        ) as arr_contraction,
        cast(case when arr_end = 0 then 0 - arr_start else 0 end as {{ dbt.type_numeric() }}) as arr_churned,
        cast(
            case
                when arr_start = 0 and first_arr_date < month_start_date then arr_end else 0
            end as {{ dbt.type_numeric() }}
        ) as arr_reactivation,
        arr_end
    from moved
    where
        month_start_date >= {{ history_start_date() }}
        and (arr_start != 0 or arr_end != 0)
)

select * from final
