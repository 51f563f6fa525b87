-- Of the accounts in scope that their CSM rated in the window, the share whose category is another colour than the
-- latest rating.
select
    'M1' as check_id,
    case when count(*) > 0 then 1.0 * count(case when sentiment <> category then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('int_checks__rated_accounts') }}
