-- One row per customer record of a vendor: the account that it is. What the company's own list says (`identities` of
-- files) goes first; then the account's id, as the record has it, before its domain, which counts only where
-- tenure.yaml asks for it and when a single account has it.
with

customers as (
    {%- for model in vendor_models('customers') %}
    select
        source_name,
        customer_id,
        name,
        case when {{ is_matched_by('account_id') }} then {{ salesforce_id('account_key') }} end as account_key,
        case when {{ is_matched_by('domain') }} and domains not in ('[]', 'null') then domains end as domains
    from {{ model }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for column in ['source_name', 'customer_id', 'name', 'account_key', 'domains'] %}
        cast(null as {{ dbt.type_string() }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ no_rows() }}
    {%- endfor %}
),

accounts as (
    select distinct account_id
    from {{ ref('int_accounts__versions') }}
),

listed as (
    select * from {{ ref('int_accounts__identities_by_hand') }}
),

listed_domains as (
    select
        customers.source_name,
        customers.customer_id,
        {{ web_domain('listed_domain') }} as domain
    from customers
    cross join {{ list_items('customers.domains', 'listed_domain') }}
),

domain_matches as (
    select
        listed_domains.source_name,
        listed_domains.customer_id,
        min(domains.account_id) as account_id,
        count(distinct domains.account_id) as account_count
    from listed_domains
    inner join {{ ref('int_accounts__domains') }} as domains
        on listed_domains.domain = domains.domain
    group by listed_domains.source_name, listed_domains.customer_id
),

final as (
    select
        customers.source_name,
        customers.customer_id,
        customers.name,
        customers.account_key,
        customers.domains,
        coalesce(
            listed.account_id,
            accounts.account_id,
            case when domain_matches.account_count = 1 then domain_matches.account_id end
        ) as account_id,
        case
            when listed.account_id is not null then 'identities'
            when accounts.account_id is not null then 'account_id'
            when domain_matches.account_count = 1 then 'domain'
        end as matched_by,
        case
            when
                listed.account_id is not null or accounts.account_id is not null or domain_matches.account_count = 1
                then null
            when listed.listed_account_id is not null then 'unknown_account'
            when domain_matches.account_count > 1 then 'ambiguous_domain'
            when customers.account_key is not null then 'unknown_account'
            when customers.domains is not null then 'unknown_domain'
            else 'no_key'
        end as reason
    from customers
    left join listed
        on
            customers.source_name = listed.source_name
            and customers.customer_id = listed.customer_id
    left join accounts
        on customers.account_key = accounts.account_id
    left join domain_matches
        on
            customers.source_name = domain_matches.source_name
            and customers.customer_id = domain_matches.customer_id
)

select * from final
