-- One row per period (this quarter, the next): ARR due, and where it stands.
select
    period,
    case period when 'this_quarter' then 1 else 2 end as period_order,
    strftime(min(renewal_date), '%Y') || ' Q' || quarter(min(renewal_date)) as quarter_name,
    count(*) as renewal_count,
    cast(sum(due_arr) as double) as due_arr,
    cast(sum(renewed_arr) as double) as renewed_arr,
    cast(sum(expected_arr) as double) as expected_arr,
    cast(sum(at_risk_arr) as double) as at_risk_arr,
    cast(sum(unscored_arr) as double) as unscored_arr,
    cast(sum(lost_arr) as double) as lost_arr
from marts.fct_renewal_outlook
where period in ('this_quarter', 'next_quarter')
group by period
order by period_order
