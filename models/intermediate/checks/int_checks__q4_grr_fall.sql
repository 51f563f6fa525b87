-- Points by which trailing GRR fell since the quarter before.
with

trailing_year as (

    select
        period_end,
        grr,
        lag(grr, 3) over (order by period_end) as grr_before
    from {{ ref('fct_retention') }}
    where period = 'trailing_12m' and unit = 'account' and segment = 'all'

),

latest as (

    select
        trailing_year.*,
        row_number() over (order by trailing_year.period_end desc) as recency
    from trailing_year

)

select
    'Q4' as check_id,
    100.0 * max(case when recency = 1 then grr_before - grr end) as value,
    count(case when recency = 1 and grr_before is not null then 1 end) as n
from latest
