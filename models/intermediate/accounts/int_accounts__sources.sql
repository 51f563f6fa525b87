-- One row per account and source that has it on the as-of day: one that the source deleted before is none of its.
select
    account_id,
    source_name
from {{ ref('int_canonical__accounts') }}
where known_date <= {{ as_of_date() }}
group by account_id, source_name
having max(known_until_date) > {{ as_of_date() }}
