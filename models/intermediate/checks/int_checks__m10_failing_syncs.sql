-- Sources whose last two syncs both failed.
select
    'M10' as check_id,
    1.0 * count(case when is_failing_again then 1 end) as value,
    count(*) as n
from {{ ref('fct_source_freshness') }}
