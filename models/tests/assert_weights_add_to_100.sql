-- The weights of the preset in use add to 100, for each segment that has its own and for all others. A preset that the
-- rules do not name has no weights, which is found here too.
with

totals as (
    select
        segment,
        sum(weight) as total_weight
    from {{ ref('int_signals__index') }}
    group by segment
),

checked as (
    select
        'all' as segment,
        coalesce(max(case when segment = 'all' then total_weight end), 0) as total_weight
    from totals
    union all
    select
        segment,
        total_weight
    from totals
    where segment <> 'all'
)

select *
from checked
where abs(total_weight - 100) > 1e-9
