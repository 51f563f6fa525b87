-- One row per exclusion in force on the as-of day: an account or all (null), a rule or play or all (null), and why.
select
    nullif(account_id, '') as account_id,
    nullif(rule, '') as rule,
    from_date,
    until_date,
    reason
from {{ ref('alert_exclusions') }}
where
    coalesce(from_date, {{ as_of_date() }}) <= {{ as_of_date() }}
    and coalesce(until_date, {{ as_of_date() }}) >= {{ as_of_date() }}
