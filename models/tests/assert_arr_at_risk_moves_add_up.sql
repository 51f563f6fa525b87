-- ARR at risk at a span's start and what moved it give ARR at risk at its end, to the cent: of each account, and of all
-- accounts what the day's own scores say.
with

changes as (
    select * from {{ ref('fct_arr_at_risk_changes') }}
),

sums as (
    select
        span_days,
        from_date,
        sum(arr_at_risk_start) as arr_at_risk_start,
        sum(arr_at_risk_end) as arr_at_risk_end
    from changes
    group by span_days, from_date
),

days as (
    select
        as_of_date,
        sum(
            case
                when flag in ('at_risk_sustained', 'at_risk_renewal', 'critical')
                    then cast(arr as {{ dbt.type_numeric() }})
                else 0
            end
        ) as arr_at_risk
    from {{ ref('fct_account_health_in_force') }}
    where as_of_date = {{ as_of_date() }} or as_of_date in (select sums.from_date from sums)
    group by as_of_date
)

select
    account_id,
    span_days,
    arr_at_risk_end as expected,
    arr_at_risk_start + arr_newly_at_risk + arr_recovered + arr_renewed + arr_lost + arr_repriced as found
from changes
where
    arr_at_risk_start + arr_newly_at_risk + arr_recovered + arr_renewed + arr_lost + arr_repriced != arr_at_risk_end
union all
select
    'all at the end' as account_id,
    sums.span_days,
    days.arr_at_risk as expected,
    sums.arr_at_risk_end as found
from sums
inner join days
    on days.as_of_date = {{ as_of_date() }}
where sums.arr_at_risk_end != days.arr_at_risk
union all
select
    'all at the start' as account_id,
    sums.span_days,
    days.arr_at_risk as expected,
    sums.arr_at_risk_start as found
from sums
inner join days
    on sums.from_date = days.as_of_date
where sums.arr_at_risk_start != days.arr_at_risk
