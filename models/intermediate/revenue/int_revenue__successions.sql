-- One row per epoch and term that another contract, or a later term of the same one, renews. First links
-- (`previous_contract_id`, or a later term of the same contract), then contracts of the same account and product: the
-- new ones choose in the order of their starts, each the old one that ends last of those not yet taken; ties go by
-- contract id.
--
-- One after the other is no SQL. Instead rounds, each of which settles whoever nobody before them can disturb: the i-th
-- to ask for each of the i old contracts that it likes best takes the i-th, because the same i, and nobody else, come
-- first at all of them. Contracts in parallel are one round however many they are (docs/decisions.md, Revenue);
-- `assert_nothing_is_left_to_renew` says if ten rounds were not enough.
{%- set round_count = 10 %}
{%- set pair_columns -%}
account_id,
        epoch_number,
        contract_id,
        term_number,
        cycle_number,
        term_end_date,
        successor_contract_id,
        successor_term_number,
        successor_start_date
{%- endset %}
with

rules as (
    {{ renewal_rules(['grace_days', 'early_renewal_days']) }}
),

terms as (
    select * from {{ ref('int_revenue__epoch_terms') }}
),

-- Of the terms of an auto-renewing contract a successor renews the first that it does not start too late for.
pairs as (
    select
        olds.account_id,
        olds.epoch_number,
        olds.contract_id,
        olds.term_number,
        olds.cycle_number,
        olds.term_end_date,
        news.contract_id as successor_contract_id,
        news.term_number as successor_term_number,
        news.term_start_date as successor_start_date,
        coalesce(
            news.previous_contract_id = olds.contract_id or news.contract_id = olds.contract_id,
            false
        ) as is_linked
    from terms as news
    cross join rules
    inner join terms as olds
        on
            news.account_id = olds.account_id
            and news.epoch_number = olds.epoch_number
    where
        news.cycle_number = 0
        and (
            news.contract_id = olds.contract_id and news.term_number = olds.term_number + 1
            or news.contract_id != olds.contract_id and news.previous_contract_id = olds.contract_id
            or news.contract_id != olds.contract_id
            and news.previous_contract_id is null
            and news.term_number = 1
            and coalesce(news.product, '') = coalesce(olds.product, '')
            and news.term_start_date > olds.term_start_date
            and news.term_start_date
            >= {{ date_add_days('olds.term_end_date', '-rules.early_renewal_days') }}
        )
        and news.term_start_date >= olds.term_start_date
        and news.term_start_date <= {{ date_add_days('olds.term_end_date', 'rules.grace_days') }}
        and (
            olds.cycle_number = 0
            or news.term_start_date > {{ date_add_days('olds.term_start_date', 'rules.grace_days') }}
        )
),

linked_chosen as (
    select
        pairs.*,
        row_number() over (
            partition by account_id, epoch_number, successor_contract_id, successor_term_number
            order by term_end_date desc, contract_id asc, term_number asc
        ) as choice
    from pairs
    where is_linked
),

linked_ranked as (
    select
        linked_chosen.*,
        row_number() over (
            partition by account_id, epoch_number, contract_id, term_number, cycle_number
            order by successor_start_date asc, successor_contract_id asc, successor_term_number asc
        ) as bid
    from linked_chosen
    where choice = 1
),

linked_matches as (
    select * from linked_ranked
    where bid = 1
),

-- What is renewed by a link does not renew itself any more.
linked_cycles as (
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        min(cycle_number) as cycle_number
    from linked_matches
    group by account_id, epoch_number, contract_id, term_number
),

counted as (
    select
        pairs.*,
        count(*) over (
            partition by pairs.account_id, pairs.epoch_number, pairs.successor_contract_id
        ) as wish_count,
        count(*) over (
            partition by pairs.account_id, pairs.epoch_number, pairs.contract_id, pairs.term_number
        ) as bid_count
    from pairs
    left join linked_cycles
        on
            pairs.account_id = linked_cycles.account_id
            and pairs.epoch_number = linked_cycles.epoch_number
            and pairs.contract_id = linked_cycles.contract_id
            and pairs.term_number = linked_cycles.term_number
    where
        not pairs.is_linked
        and (linked_cycles.cycle_number is null or pairs.cycle_number < linked_cycles.cycle_number)
),

left_0 as (
    select
        {{ pair_columns }},
        false as is_match
    from counted
    where wish_count > 1 or bid_count > 1
),

{% for round in range(1, round_count + 1) -%}
-- Who asks how many-th for a term, and for any term of its contract, and how dear it is to whoever asks.
ranked_{{ round }} as (
    select
        {{ pair_columns }},
        is_match,
        row_number() over (
            partition by account_id, epoch_number, is_match, successor_contract_id
            order by term_end_date desc, contract_id asc, term_number asc
        ) as wish,
        row_number() over (
            partition by account_id, epoch_number, is_match, contract_id, term_number, cycle_number
            order by successor_start_date asc, successor_contract_id asc
        ) as term_bid,
        row_number() over (
            partition by account_id, epoch_number, is_match, contract_id, term_number
            order by successor_start_date asc, successor_contract_id asc
        ) as contract_bid
    from left_{{ round - 1 }}
),

-- Of a term and all that are dearer.
bids_{{ round }} as (
    select
        {{ pair_columns }},
        is_match,
        wish,
        min(term_bid) over (
            partition by account_id, epoch_number, is_match, successor_contract_id
            order by wish
            rows between unbounded preceding and current row
        ) as least_bid,
        max(contract_bid) over (
            partition by account_id, epoch_number, is_match, successor_contract_id
            order by wish
            rows between unbounded preceding and current row
        ) as last_bid
    from ranked_{{ round }}
),

matched_{{ round }} as (
    select
        {{ pair_columns }},
        is_match or (wish = least_bid and wish = last_bid) as is_match
    from bids_{{ round }}
),

-- Taken is a new contract that has its old one, and an old one from the term on that is renewed.
taken_{{ round }} as (
    select
        {{ pair_columns }},
        is_match,
        max(case when is_match then 1 else 0 end) over (
            partition by account_id, epoch_number, successor_contract_id
        ) as match_count,
        min(case when is_match then cycle_number end) over (
            partition by account_id, epoch_number, contract_id, term_number
        ) as taken_cycle_number
    from matched_{{ round }}
),

left_{{ round }} as {{ materialized_cte() }} (
    select
        {{ pair_columns }},
        is_match
    from taken_{{ round }}
    where
        is_match
        or match_count = 0 and (taken_cycle_number is null or cycle_number < taken_cycle_number)
),

{% endfor -%}
matches as (
    select
        {{ pair_columns }}
    from linked_matches
    union all
    -- nobody else asks for it, and it is all that is asked for
    select
        {{ pair_columns }}
    from counted
    where wish_count = 1 and bid_count = 1
    union all
    select
        {{ pair_columns }}
    from left_{{ round_count }}
    where is_match
),

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
    from matches
)

select * from final
