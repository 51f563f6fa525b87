-- Points by which the decisive accuracy of the latest judged months is below that of all months before.
with

rule as (

    select months from {{ ref('check_rules') }}
    where check_id = 'Q1'

),

halves as (

    select
        sum(case when judged.months_ago <= rule.months then judged.right_count end) as right_now,
        sum(case when judged.months_ago <= rule.months then judged.decisive_count end) as decisive_now,
        sum(case when judged.months_ago > rule.months then judged.right_count end) as right_before,
        sum(case when judged.months_ago > rule.months then judged.decisive_count end) as decisive_before
    from {{ ref('int_checks__judged_months') }} as judged
    cross join rule

)

select
    'Q1' as check_id,
    100.0 * (1.0 * right_before / decisive_before - 1.0 * right_now / decisive_now) as value,
    case when decisive_before > 0 then coalesce(decisive_now, 0) else 0 end as n
from halves
