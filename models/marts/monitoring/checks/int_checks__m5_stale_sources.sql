-- Sources whose last good sync is longer ago than their red line.
select
    'M5' as check_id,
    1.0 * count(case when is_stale then 1 end) as value,
    count(*) as n
from {{ ref('fct_source_freshness') }}
