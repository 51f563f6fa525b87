-- Of the accounts that churned in the window, the share that was green some days before.
select
    'M9' as check_id,
    case when count(*) > 0 then 1.0 * count(case when category = 'green' then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('int_checks__churned_accounts') }}
