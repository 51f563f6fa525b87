-- One row per account whose own record says that it is none any more: its source deleted it, so that its last version
-- has ended, or merged it into another. Its published days may go; those of an account whose record is only missing may
-- not (history_guard).
select account_id
from {{ ref('int_canonical__accounts') }}
group by account_id
having max(known_until_date) <= {{ as_of_date() }}
union distinct
select account_id
from {{ ref('int_accounts__holders') }}
where account_id <> holder_account_id and from_date <= {{ as_of_date() }}
