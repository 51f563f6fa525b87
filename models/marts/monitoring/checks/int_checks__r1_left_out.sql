-- Contracts that a source says are in force, or that cannot be read, and that no number counts.
select
    'R1' as check_id,
    1.0 * count(case when is_missing then 1 end) as value,
    count(*) as n
from {{ ref('fct_reconciliation') }}
