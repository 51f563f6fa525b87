-- One row per sentiment that an owner set, the last ten of each account.
select
    account_id,
    event_date as set_date,
    sentiment,
    set_by,
    note
from intermediate.int_canonical__sentiments
where known_until_date = date '9999-12-31'
qualify row_number() over (partition by account_id order by set_at desc) <= 10
order by account_id, set_at desc
