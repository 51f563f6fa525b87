-- Share of accounts in scope that have a renewal date: below the red line automation pauses for data clean-up.
select
    'D4' as check_id,
    complete_share as value,
    n
from {{ ref('fct_data_quality') }}
where aspect = 'renewal_date'
