-- One row per account that is a customer by the as-of day, and for good: it has or had a contract, or its source
-- says so (`is_customer`). `customer_from_date` is the day from which that is known. A contract counts by its record
-- alone, also one that lacks what ARR needs: its account is no prospect. A draft, or what its source calls no
-- contract, is none.
{% set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with

staged as (
    {%- for model in entity_models('contracts') %}
    select
        source_name,
        contract_id,
        {{ 'customer_id' if staging_has(model, 'customer_id') else no_text }} as customer_id,
        {{ no_text if staging_has(model, 'customer_id') else salesforce_id('account_id') }} as account_id,
        {{ 'left_out_reason' if staging_has(model, 'left_out_reason') else no_text }} as left_out_reason,
        {{ 'coalesce(is_deleted, false)' if staging_has(model, 'is_deleted') else 'false' }} as is_deleted,
        coalesce(known_at, updated_at) as dated_at
    from {{ model }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

identities as (
    select * from {{ ref('int_accounts__identities') }}
),

contracts as (
    select
        coalesce(staged.account_id, identities.account_id) as account_id,
        staged.dated_at
    from staged
    left join identities
        on staged.source_name = identities.source_name and staged.customer_id = identities.customer_id
    where staged.contract_id is not null and staged.left_out_reason is null and not staged.is_deleted
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
