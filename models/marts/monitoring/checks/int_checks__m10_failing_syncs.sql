-- Sources whose last two syncs both failed, or whose last good one is longer ago than their red line.
select
    'M10' as check_id,
    1.0 * count(case when is_failing_again or is_stale then 1 end) as value,
    count(*) as n
from {{ ref('fct_source_freshness') }}
