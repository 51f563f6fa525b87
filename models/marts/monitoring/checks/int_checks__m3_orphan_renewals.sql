-- Open renewals of the days ahead without an owner.
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'M3'

),

coming as (

    select renewals.is_orphan
    from {{ ref('int_renewals__renewals') }} as renewals
    cross join rule
    where renewals.renewal_outcome is null and renewals.days_to_renewal between 0 and rule.window_days

)

select
    'M3' as check_id,
    1.0 * count(case when is_orphan then 1 end) as value,
    count(*) as n
from coming
