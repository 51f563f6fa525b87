-- The weights of the preset in use add to 100, for each segment that has its own and for all others.
with

totals as (
    select
        segment,
        sum(weight) as total_weight
    from {{ ref('int_signals__index') }}
    group by segment
)

select *
from totals
where abs(total_weight - 100) > 1e-9
