-- The worse of the two error rates (green that churned, red that renewed) in the best of the latest judged months:
-- high only when it was high in each. `n` is the smaller of the groups that it rests on.
with

rule as (

    select months from {{ ref('check_rules') }}
    where check_id = 'T6'

),

rates as (

    select
        judged.months_ago,
        1.0 * judged.green_churned_count / nullif(judged.green_count, 0) as error_rate,
        judged.green_count as n
    from {{ ref('int_checks__judged_months') }} as judged
    cross join rule
    where judged.months_ago <= rule.months
    union all
    select
        judged.months_ago,
        1.0 * judged.red_renewed_count / nullif(judged.red_count, 0) as error_rate,
        judged.red_count as n
    from {{ ref('int_checks__judged_months') }} as judged
    cross join rule
    where judged.months_ago <= rule.months

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
    case when count(*) = max(rule.months) then min(worst.error_rate) end as value,
    case when count(*) = max(rule.months) then min(worst.n) else 0 end as n
from worst
cross join rule
where worst.badness = 1
