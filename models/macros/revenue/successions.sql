{#
    Which terms renew which: one row per epoch, term that is renewed and term that renews it. First links: each contract
    named (`previous_contract_id`, several separated by `;`), under whatever account the one that names it stands, and a
    later term of the same contract; a term may have several. Then contracts of the same account and product: the new ones
    choose in the order of their starts, each the old one that ends last of those not yet taken; ties go by contract id.
    Last, where one contract of the account ends and one begins on a day, these two, whatever the product.

    One after the other is no SQL. Instead rounds, each of which settles whoever nobody before them can disturb: the i-th
    to ask for each of the i old contracts that it likes best takes the i-th, because the same i, and nobody else, come
    first at all of them. Contracts in parallel are one round however many they are (docs/decisions.md, Revenue);
    `assert_nothing_is_left_to_renew` says if ten rounds were not enough.

    Reads the CTEs `rules` (grace_days, early_renewal_days), `terms` (as int_revenue__epoch_terms has them) and
    `linked_elsewhere` (which terms of other accounts say that they renew a contract of this account: account_id,
    epoch_number, contract_id, term_number, term_start_date, named_contract_id, and named_term_number, null for any). Its
    last CTE is `successions`.
#}
{% macro successions() %}
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
{%- endset -%}
stated_terms as (
    select * from terms
    where cycle_number = 0
),

listed as (
    select distinct
        stated_terms.account_id,
        stated_terms.epoch_number,
        stated_terms.contract_id,
        stated_terms.term_number,
        stated_terms.term_start_date,
        trim(item) as named_contract_id
    from stated_terms
    cross join {{ list_items('stated_terms.previous_contract_id', 'item') }}
    where stated_terms.term_number = 1
),

-- What each new term says that it renews: its own contract's term before it, and whatever its first term names.
named as (
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        term_start_date,
        named_contract_id,
        cast(null as {{ dbt.type_int() }}) as named_term_number
    from listed
    union all
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        term_start_date,
        contract_id as named_contract_id,
        term_number - 1 as named_term_number
    from stated_terms
    where term_number > 1
    union all
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        term_start_date,
        named_contract_id,
        named_term_number
    from linked_elsewhere
),

-- Of the terms of an auto-renewing contract a successor renews the first that it does not start too late for. One
-- without an end is renewed whenever a contract that names it begins.
linked_pairs as (
    select
        olds.account_id,
        olds.epoch_number,
        olds.contract_id,
        olds.term_number,
        olds.cycle_number,
        olds.term_end_date,
        named.contract_id as successor_contract_id,
        named.term_number as successor_term_number,
        named.term_start_date as successor_start_date,
        row_number() over (
            partition by
                olds.account_id,
                olds.epoch_number,
                olds.contract_id,
                named.contract_id,
                named.term_number
            order by olds.term_start_date desc, olds.term_number asc
        ) as choice
    from named
    cross join rules
    inner join terms as olds
        on
            named.account_id = olds.account_id
            and named.epoch_number = olds.epoch_number
            and named.named_contract_id = olds.contract_id
    where
        coalesce(named.named_term_number, olds.term_number) = olds.term_number
        and (named.named_term_number is not null or named.contract_id != olds.contract_id)
        and named.term_start_date >= olds.term_start_date
        and (
            olds.term_end_date is null
            or named.term_start_date <= {{ date_add_days('olds.term_end_date', 'rules.grace_days') }}
        )
        and (
            olds.cycle_number = 0
            or named.term_start_date > {{ date_add_days('olds.term_start_date', 'rules.grace_days') }}
        )
),

-- What is renewed by a link does not renew itself any more.
linked_marked as (
    select
        linked_pairs.*,
        min(cycle_number) over (
            partition by account_id, epoch_number, contract_id, term_number
        ) as last_cycle_number
    from linked_pairs
    where choice = 1
),

linked_matches as (
    select * from linked_marked
    where cycle_number = last_cycle_number
),

linked_cycles as (
    select distinct
        account_id,
        epoch_number,
        contract_id,
        term_number,
        last_cycle_number as cycle_number
    from linked_matches
),

unlinked as (
    select * from stated_terms
    where term_number = 1 and previous_contract_id is null
),

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
        news.term_start_date as successor_start_date
    from unlinked as news
    cross join rules
    inner join terms as olds
        on
            news.account_id = olds.account_id
            and news.epoch_number = olds.epoch_number
    where
        news.contract_id != olds.contract_id
        and coalesce(news.product, '') = coalesce(olds.product, '')
        and news.term_start_date > olds.term_start_date
        and news.term_start_date
        >= {{ date_add_days('olds.term_end_date', '-rules.early_renewal_days') }}
        and news.term_start_date <= {{ date_add_days('olds.term_end_date', 'rules.grace_days') }}
        and (
            olds.cycle_number = 0
            or news.term_start_date > {{ date_add_days('olds.term_start_date', 'rules.grace_days') }}
        )
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
    where linked_cycles.cycle_number is null or pairs.cycle_number < linked_cycles.cycle_number
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

-- How each term stands after that: whether it is renewed, and the day on which it ends if not. One that renews itself
-- does not end.
standing as (
    select
        terms.account_id,
        terms.epoch_number,
        terms.contract_id,
        terms.term_number,
        terms.cycle_number,
        terms.term_start_date,
        terms.term_end_date,
        case
            when terms.cancel_end_date is not null then terms.cancel_end_date
            when not terms.renews_itself then terms.term_end_date
        end as end_date,
        matches.successor_start_date,
        min(case when matches.contract_id is not null then terms.cycle_number end) over (
            partition by terms.account_id, terms.epoch_number, terms.contract_id, terms.term_number
        ) as last_cycle_number
    from terms
    left join matches
        on
            terms.account_id = matches.account_id
            and terms.epoch_number = matches.epoch_number
            and terms.contract_id = matches.contract_id
            and terms.term_number = matches.term_number
            and terms.cycle_number = matches.cycle_number
),

ending_days as (
    select
        standing.account_id,
        standing.epoch_number,
        standing.end_date,
        min(standing.contract_id) as contract_id,
        min(standing.term_number) as term_number,
        min(standing.cycle_number) as cycle_number,
        min(standing.term_start_date) as term_start_date,
        min(standing.term_end_date) as term_end_date,
        min(standing.successor_start_date) as successor_start_date
    from standing
    where
        standing.end_date is not null
        and (standing.last_cycle_number is null or standing.cycle_number <= standing.last_cycle_number)
        and (standing.successor_start_date is null or standing.successor_start_date >= standing.end_date)
    group by standing.account_id, standing.epoch_number, standing.end_date
    having count(distinct standing.contract_id) = 1
),

beginning_days as (
    select
        account_id,
        epoch_number,
        term_start_date,
        min(contract_id) as contract_id,
        min(term_number) as term_number,
        min(previous_contract_id) as previous_contract_id
    from stated_terms
    group by account_id, epoch_number, term_start_date
    having count(*) = 1
),

successors as (
    select distinct
        account_id,
        epoch_number,
        successor_contract_id,
        successor_term_number
    from matches
),

same_day_matches as (
    select
        ending_days.account_id,
        ending_days.epoch_number,
        ending_days.contract_id,
        ending_days.term_number,
        ending_days.cycle_number,
        ending_days.term_end_date,
        beginning_days.contract_id as successor_contract_id,
        beginning_days.term_number as successor_term_number,
        beginning_days.term_start_date as successor_start_date
    from ending_days
    inner join beginning_days
        on
            ending_days.account_id = beginning_days.account_id
            and ending_days.epoch_number = beginning_days.epoch_number
            and ending_days.end_date = beginning_days.term_start_date
    left join successors
        on
            beginning_days.account_id = successors.account_id
            and beginning_days.epoch_number = successors.epoch_number
            and beginning_days.contract_id = successors.successor_contract_id
            and beginning_days.term_number = successors.successor_term_number
    where
        successors.successor_contract_id is null
        and ending_days.successor_start_date is null
        and ending_days.contract_id != beginning_days.contract_id
        and ending_days.term_start_date < beginning_days.term_start_date
        and beginning_days.term_number = 1
        and beginning_days.previous_contract_id is null
),

successions as (
    select
        {{ pair_columns }}
    from matches
    union all
    select
        {{ pair_columns }}
    from same_day_matches
)
{%- endmacro %}

{#
    Stands between `as` and the parenthesis of a CTE that is to be computed once, as it is written. DuckDB otherwise merges
    a chain of CTEs into one plan, and for a long chain of window functions its optimizer then takes minutes (1.5.5:
    some nine times as long for each round of int_revenue__successions). BigQuery has no such word and no such trouble.
#}
{% macro materialized_cte() -%}
    {{- adapter.dispatch('materialized_cte')() -}}
{%- endmacro %}

{% macro default__materialized_cte() -%}
    materialized
{%- endmacro %}

{% macro bigquery__materialized_cte() -%}
{%- endmacro %}
