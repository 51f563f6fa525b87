-- One row per epoch, term that another contract, or a later term of the same one, renews, and term that renews it.
with

rules as (
    {{ renewal_rules(['grace_days', 'early_renewal_days']) }}
),

terms as (
    select * from {{ ref('int_revenue__epoch_terms') }}
),

linked_elsewhere as (
    select
        epochs.account_id,
        epochs.epoch_number,
        links.contract_id,
        links.term_number,
        links.term_start_date,
        links.named_contract_id,
        links.named_term_number
    from {{ ref('int_revenue__links_across_accounts') }} as links
    inner join {{ ref('int_revenue__epochs') }} as epochs
        on
            links.account_id = epochs.account_id
            and links.known_from_date <= epochs.from_date
            and links.known_until_date > epochs.from_date
),

{{ successions() }},

final as (
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        cycle_number,
        successor_contract_id,
        successor_term_number,
        successor_start_date
    from successions
)

select * from final
