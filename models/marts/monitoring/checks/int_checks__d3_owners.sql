-- Share of accounts in scope that have no owner.
select
    'D3' as check_id,
    1.0 - complete_share as value,
    n
from {{ ref('fct_data_quality') }}
where aspect = 'owner'
