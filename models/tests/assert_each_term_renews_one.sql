-- In an epoch a term renews one old one only.
select
    account_id,
    epoch_number,
    successor_contract_id,
    successor_term_number
from {{ ref('int_revenue__term_states') }}
where outcome_reason = 'successor'
group by account_id, epoch_number, successor_contract_id, successor_term_number
having count(*) > 1
