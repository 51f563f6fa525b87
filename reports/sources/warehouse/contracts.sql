-- One row per contract as known now, ARR in the contract's own currency.
select
    page_of(account_id) as account_page,
    contract_id,
    product,
    term_start_date,
    term_end_date,
    cast(arr as double) as arr,
    currency_code,
    seats,
    case when auto_renew then 'yes' else 'no' end as auto_renew,
    notice_days,
    cancelled_date
from intermediate.int_canonical__contracts
where known_until_date = date '9999-12-31'
order by account_id, term_start_date desc, contract_id
