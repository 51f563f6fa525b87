-- One row per account that is a customer by the as-of day, and for good: it has or had a contract, or its source
-- says so (`is_customer`). `customer_from_date` is the day from which that is known. A contract counts by its record
-- alone, also one that lacks what ARR needs: its account is no prospect. A draft, or what its source calls no
-- contract, is none.
with

identities as (
    select * from {{ ref('int_accounts__identities') }}
),

contracts as (
    {%- for model in entity_models('contracts') %}
    select
        {% if names_customers(model) -%}
        identities.account_id,
        {%- else -%}
        {{ salesforce_id('staged.account_id') }} as account_id,
        {%- endif %}
        coalesce(staged.known_at, staged.updated_at) as dated_at
    from {{ model }} as staged
    {%- if names_customers(model) %}
    inner join identities
        on staged.source_name = identities.source_name and staged.customer_id = identities.customer_id
    {%- endif %}
    where
        staged.contract_id is not null
        {%- if says_deletions(model) %}
        and not coalesce(staged.is_deleted, false)
        {%- endif %}
        {%- if says_left_out(model) %}
        and staged.left_out_reason is null
        {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

-- a contract without a date of its own counts on all days
contracted as (
    select
        account_id,
        coalesce({{ local_date('dated_at') }}, {{ beginning_of_time() }}) as customer_from_date
    from contracts
    where account_id is not null
),

-- A contract goes with its account into the one that this was merged into.
inherited as (
    select
        holders.holder_account_id as account_id,
        greatest(contracted.customer_from_date, holders.from_date) as customer_from_date
    from contracted
    inner join {{ ref('int_accounts__holders') }} as holders
        on contracted.account_id = holders.account_id
    where holders.holder_account_id <> contracted.account_id
),

said as (
    select
        account_id,
        greatest(known_date, coalesce(customer_since_date, known_date)) as customer_from_date
    from {{ ref('int_accounts__versions') }}
    where is_customer
),

unioned as (
    select * from contracted
    union all
    select * from inherited
    union all
    select * from said
),

final as (
    select
        account_id,
        min(customer_from_date) as customer_from_date
    from unioned
    group by account_id
)

select * from final
where customer_from_date <= {{ as_of_date() }}
