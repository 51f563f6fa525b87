-- The worse of the two error rates (green that churned, red that renewed) in the better of the last two judged months:
-- high only when it was high in both. `n` is the smaller of the groups that it rests on.
with

rates as (

    select
        months_ago,
        1.0 * green_churned_count / nullif(green_count, 0) as error_rate,
        green_count as n
    from {{ ref('int_checks__judged_months') }}
    where months_ago <= 2
    union all
    select
        months_ago,
        1.0 * red_renewed_count / nullif(red_count, 0) as error_rate,
        red_count as n
    from {{ ref('int_checks__judged_months') }}
    where months_ago <= 2

),

worst as (

    select
        rates.*,
        row_number() over (partition by months_ago order by error_rate desc, n desc) as badness
    from rates
    where error_rate is not null

)

select
    'T6' as check_id,
    case when count(*) = 2 then min(error_rate) end as value,
    case when count(*) = 2 then min(n) else 0 end as n
from worst
where badness = 1
