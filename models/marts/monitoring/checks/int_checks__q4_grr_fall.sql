-- Points by which trailing GRR is below the baseline, its value at the first quarter end that has one.
with

latest as (

    select
        change_from_baseline,
        period_end > baseline_date and change_from_baseline is not null as is_comparable
    from {{ ref('fct_baseline_metrics') }}
    where metric = 'grr' and segment = 'all' and is_latest

)

select
    'Q4' as check_id,
    100.0 * max(case when is_comparable then 0 - change_from_baseline end) as value,
    count(case when is_comparable then 1 end) as n
from latest
