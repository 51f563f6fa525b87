-- Share of accounts in scope that have no renewal date ahead or late.
select
    'D1' as check_id,
    case when count(*) > 0 then 1.0 * count(case when next_renewal_date is null then 1 end) / count(*) end as value,
    count(*) as n
from {{ ref('int_accounts__account_days') }}
where as_of_date = {{ as_of_date() }}
