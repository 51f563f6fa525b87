-- In an epoch a term renews one old one only, but for those that it names.
with

terms as (
    select distinct
        account_id,
        epoch_number,
        contract_id,
        term_number,
        previous_contract_id
    from {{ ref('int_revenue__epoch_terms') }}
)

select
    successions.account_id,
    successions.epoch_number,
    successions.successor_contract_id,
    successions.successor_term_number
from {{ ref('int_revenue__successions') }} as successions
inner join terms
    on
        successions.account_id = terms.account_id
        and successions.epoch_number = terms.epoch_number
        and successions.successor_contract_id = terms.contract_id
        and successions.successor_term_number = terms.term_number
where terms.previous_contract_id is null
group by
    successions.account_id,
    successions.epoch_number,
    successions.successor_contract_id,
    successions.successor_term_number
having count(*) > 1
