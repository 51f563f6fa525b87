-- Signals at weight 0 in every segment: computed and kept, waiting to be scored or dropped.
with

signals as (

    select
        signal,
        max(weight) as weight
    from {{ ref('int_signals__index') }}
    group by signal

)

select
    'Q9' as check_id,
    1.0 * count(case when weight = 0 then 1 end) as value,
    count(*) as n
from signals
