-- One row per sentiment that an owner set, the last ten of each account.
select
    page_of(account_id) as account_page,
    event_date as set_date,
    sentiment,
    set_by,
    note
from intermediate.int_canonical__sentiments
where
    known_until_date = date '9999-12-31'
    and event_date <= (select max(as_of_date) from marts.fct_account_health_daily)
qualify row_number() over (partition by account_id order by set_at desc) <= 10
order by account_id, set_at desc
