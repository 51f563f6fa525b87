-- One row per unit (account, or parent with all its accounts), key of it and end of a complete month: restated ARR and
-- the segment it had that day, its own if explicit, else by its ARR. The parent is that of the as-of day, one level up.
with

segment_cuts as (
    {{ segment_cuts() }}
),

month_ends as (
    select * from {{ ref('int_revenue__arr_month_ends') }}
    where month_end_date = {{ month_end('month_end_date') }}
),

account_versions as (
    select * from {{ ref('int_canonical__accounts') }}
),

accounts as (
    select * from account_versions
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
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
        month_ends.arr
    from month_ends
    left join accounts
        on month_ends.account_id = accounts.account_id
),

summed as (
    select
        unit,
        unit_id,
        month_end_date,
        sum(arr) as arr
    from units
    group by unit, unit_id, month_end_date
),

final as (
    select
        summed.unit,
        summed.unit_id,
        summed.month_end_date,
        coalesce(account_versions.segment, segment_cuts.segment) as segment,
        cast(summed.arr as {{ dbt.type_numeric() }}) as arr
    from summed
    left join account_versions
        on
            summed.unit_id = account_versions.account_id
            and summed.month_end_date >= account_versions.known_date
            and summed.month_end_date < account_versions.known_until_date
    left join segment_cuts
        on
            summed.arr >= segment_cuts.min_arr
            and (segment_cuts.next_min_arr is null or summed.arr < segment_cuts.next_min_arr)
)

select * from final
