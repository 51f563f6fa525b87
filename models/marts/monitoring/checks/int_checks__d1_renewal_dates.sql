-- Share of accounts in scope that have no renewal date ahead or late, those that leave on a known day left aside.
select
    'D1' as check_id,
    1 - complete_share as value,
    n
from {{ ref('fct_data_quality') }}
where aspect = 'renewal_date'
