-- Usage feeds that delivered far fewer rows for the day than on the same weekday before: their signals are frozen.
select
    'F1' as check_id,
    1.0 * count(case when is_stale then 1 end) as value,
    count(*) as n
from {{ ref('int_usage__feed_days') }}
where as_of_date = {{ as_of_date() }}
