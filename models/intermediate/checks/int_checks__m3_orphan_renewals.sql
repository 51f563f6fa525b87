-- Open renewals of the next 90 days without an owner.
select
    'M3' as check_id,
    1.0 * count(case when is_orphan then 1 end) as value,
    count(*) as n
from {{ ref('int_renewals__renewals') }}
where renewal_outcome is null and days_to_renewal between 0 and 90
