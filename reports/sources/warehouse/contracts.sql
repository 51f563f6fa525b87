-- One row per contract and term as known now.
select distinct
    contract_id,
    account_id,
    product,
    term_start_date,
    term_end_date,
    cast(arr as double) as arr,
    currency_code,
    seats,
    auto_renew,
    notice_days,
    cancelled_date
from intermediate.int_canonical__contracts
where known_until_date = date '9999-12-31'
order by account_id, term_start_date desc, contract_id
