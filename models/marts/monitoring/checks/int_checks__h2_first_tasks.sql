-- Of the tasks of the first weeks the share that was completed by its due date.
select
    'H2' as check_id,
    case when count(*) > 0 then 1.0 * count(case when is_completed_in_time then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('int_checks__first_tasks') }}
