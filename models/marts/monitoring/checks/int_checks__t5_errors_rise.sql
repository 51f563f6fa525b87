-- Points by which the worse of the two error rates (green that churned, red that renewed) rose: the latest judged
-- months against all before. `n` is the smaller of the groups that it rests on.
with

rule as (

    select months from {{ ref('check_rules') }}
    where check_id = 'T5'

),

errors as (

    select
        'green' as category,
        judged.months_ago <= rule.months as is_recent,
        judged.green_count as judged_count,
        judged.green_churned_count as wrong_count
    from {{ ref('int_checks__judged_months') }} as judged
    cross join rule
    union all
    select
        'red' as category,
        judged.months_ago <= rule.months as is_recent,
        judged.red_count as judged_count,
        judged.red_renewed_count as wrong_count
    from {{ ref('int_checks__judged_months') }} as judged
    cross join rule

),

halves as (

    select
        category,
        sum(case when is_recent then judged_count else 0 end) as judged_now,
        sum(case when is_recent then wrong_count else 0 end) as wrong_now,
        sum(case when is_recent then 0 else judged_count end) as judged_before,
        sum(case when is_recent then 0 else wrong_count end) as wrong_before
    from errors
    group by category

),

rises as (

    select
        100.0 * (1.0 * wrong_now / judged_now - 1.0 * wrong_before / judged_before) as points,
        least(judged_now, judged_before) as n
    from halves
    where judged_now > 0 and judged_before > 0

),

worst as (

    select
        points,
        n,
        row_number() over (order by points desc, n desc) as badness
    from rises

)

select
    'T5' as check_id,
    max(points) as value,
    coalesce(max(n), 0) as n
from worst
where badness = 1
