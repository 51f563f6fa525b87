-- The weights of the preset in use add to 100, for each segment that has its own and for all others.
select
    segment,
    sum(weight) as weight
from {{ ref('int_signals__index') }}
group by segment
having abs(sum(weight) - 100) > 1e-9
