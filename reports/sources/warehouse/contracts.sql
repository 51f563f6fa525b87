-- One row per contract as known now, ARR in the contract's own currency. Of an account that was merged into another the
-- contracts are the other's.
with holders as (
    select
        account_id,
        holder_account_id
    from intermediate.int_accounts__holders
    where until_date = date '9999-12-31'
),

contracts as (
    select
        contracts.* replace (coalesce(holders.holder_account_id, contracts.account_id) as account_id)
    from intermediate.int_canonical__contracts as contracts
    left join holders
        on contracts.account_id = holders.account_id
)

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
from contracts
where known_until_date = date '9999-12-31'
order by account_id, term_start_date desc, contract_id
