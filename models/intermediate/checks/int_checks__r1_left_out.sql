-- Contracts that a source says are in force and that no number counts.
select
    'R1' as check_id,
    1.0 * coalesce(sum(case when finding not in ('counted', 'replaced') then contract_count end), 0) as value,
    coalesce(sum(contract_count), 0) as n
from {{ ref('fct_reconciliation') }}
