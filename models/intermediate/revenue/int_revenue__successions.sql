-- One row per epoch and term that another contract, or a later term of the same one, renews. First links
-- (`previous_contract_id`, or a later term of the same contract), then contracts of the same account and product: each
-- new one takes the old one that ends last, each old one the new one that starts first. Those left over choose again.
{%- set rounds = ['linked', 'first', 'second', 'third', 'fourth'] %}
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

-- The linter takes the lines of a loop that gives none, as in the first round, for wrongly indented.
-- noqa: disable=LT02
{% for round in rounds %}
{{ round }}_left as (
    select pairs.*
    from pairs
    where
        {{ 'pairs.is_linked' if round == 'linked' else 'not pairs.is_linked' }}
        {%- for earlier in rounds[:loop.index0] %}
        and not exists (
            select 1
            from {{ earlier }}_matches
            where
                pairs.account_id = {{ earlier }}_matches.account_id
                and pairs.epoch_number = {{ earlier }}_matches.epoch_number
                and pairs.contract_id = {{ earlier }}_matches.contract_id
                and pairs.term_number = {{ earlier }}_matches.term_number
                and pairs.cycle_number >= {{ earlier }}_matches.cycle_number
        )
        and not exists (
            select 1
            from {{ earlier }}_matches
            where
                pairs.account_id = {{ earlier }}_matches.account_id
                and pairs.epoch_number = {{ earlier }}_matches.epoch_number
                and pairs.successor_contract_id = {{ earlier }}_matches.successor_contract_id
                and pairs.successor_term_number = {{ earlier }}_matches.successor_term_number
        )
        {%- endfor %}
),

{{ round }}_chosen as (
    select
        {{ round }}_left.*,
        row_number() over (
            partition by account_id, epoch_number, successor_contract_id, successor_term_number
            order by term_end_date desc, contract_id asc, term_number asc
        ) as choice
    from {{ round }}_left
),

{{ round }}_ranked as (
    select
        {{ round }}_chosen.*,
        row_number() over (
            partition by account_id, epoch_number, contract_id, term_number, cycle_number
            order by successor_start_date asc, successor_contract_id asc, successor_term_number asc
        ) as bid
    from {{ round }}_chosen
    where choice = 1
),

{{ round }}_matches as (
    select * from {{ round }}_ranked
    where bid = 1
),

{% endfor -%}
final as (
    {%- for round in rounds %}
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        cycle_number,
        successor_contract_id,
        successor_term_number,
        successor_start_date
    from {{ round }}_matches
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
