-- By what is known now, no contract that renews none could have renewed one that none renews. If one could, the rounds
-- of int_revenue__successions were too few.
with

rules as (
    {{ renewal_rules(['grace_days', 'early_renewal_days']) }}
),

terms as (
    select
        terms.*,
        min(successions.cycle_number) over (
            partition by terms.account_id, terms.contract_id, terms.term_number
        ) as renewed_cycle_number
    from {{ ref('int_revenue__epoch_terms') }} as terms
    left join {{ ref('int_revenue__successions') }} as successions
        on
            terms.account_id = successions.account_id
            and terms.epoch_number = successions.epoch_number
            and terms.contract_id = successions.contract_id
            and terms.term_number = successions.term_number
            and terms.cycle_number = successions.cycle_number
    where terms.is_current
),

olds as (
    select * from terms
    where renewed_cycle_number is null or cycle_number < renewed_cycle_number
),

news as (
    select terms.*
    from terms
    left join {{ ref('int_revenue__successions') }} as successions
        on
            terms.account_id = successions.account_id
            and terms.epoch_number = successions.epoch_number
            and terms.contract_id = successions.successor_contract_id
            and terms.term_number = successions.successor_term_number
    where
        successions.contract_id is null
        and terms.cycle_number = 0
        and terms.term_number = 1
        and terms.previous_contract_id is null
)

select
    olds.account_id,
    olds.contract_id,
    olds.cycle_number,
    news.contract_id as successor_contract_id
from news
cross join rules
inner join olds
    on
        news.account_id = olds.account_id
        and coalesce(news.product, '') = coalesce(olds.product, '')
        and news.contract_id != olds.contract_id
        and news.term_start_date > olds.term_start_date
where
    news.term_start_date >= {{ date_add_days('olds.term_end_date', '-rules.early_renewal_days') }}
    and news.term_start_date <= {{ date_add_days('olds.term_end_date', 'rules.grace_days') }}
    and (
        olds.cycle_number = 0
        or news.term_start_date > {{ date_add_days('olds.term_start_date', 'rules.grace_days') }}
    )
