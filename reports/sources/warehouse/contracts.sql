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
    page_of(contracts.account_id) as account_page,
    contracts.contract_id,
    contracts.product,
    contracts.term_start_date,
    contracts.term_end_date,
    cast(contracts.arr as double) as arr,
    contracts.currency_code,
    contracts.seats,
    contracts.auto_renew,
    contracts.cancelled_date,
    renewals.renewal_date,
    renewals.days_to_renewal,
    outlook.notice_date,
    in_words(renewals.renewal_stage) as renewal_stage,
    case when renewals.contract_id is not null then owner_label(renewals.owner_name, renewals.owner_id) end as renewal_owner
from contracts
left join marts.fct_renewals as renewals
    on contracts.contract_id = renewals.contract_id and renewals.renewal_outcome is null
left join marts.fct_renewal_outlook as outlook
    on renewals.contract_id = outlook.contract_id and renewals.renewal_date = outlook.renewal_date
where contracts.known_until_date = date '9999-12-31'
order by contracts.account_id, contracts.term_start_date desc, contracts.contract_id
