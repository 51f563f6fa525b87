-- One row per account, version of a term of another account's and contract of the account that it renews: one that it
-- names, or the term before it of its own contract, which stood under the account then.
with

versions as (
    select * from {{ ref('int_revenue__term_versions') }}
),

owners as (
    select distinct
        contract_id,
        account_id
    from versions
),

-- a contract that is named twice is named once
listed as (
    select distinct
        versions.account_id,
        versions.contract_id,
        versions.term_number,
        versions.known_from_date,
        versions.known_until_date,
        versions.dated_from_date,
        versions.term_start_date,
        trim(item) as named_contract_id
    from versions
    cross join {{ list_items('versions.previous_contract_id', 'item') }}
    where versions.term_number = 1
),

named as (
    select
        account_id,
        contract_id,
        term_number,
        known_from_date,
        known_until_date,
        dated_from_date,
        term_start_date,
        named_contract_id,
        cast(null as {{ dbt.type_int() }}) as named_term_number
    from listed
    union all
    select
        account_id,
        contract_id,
        term_number,
        known_from_date,
        known_until_date,
        dated_from_date,
        term_start_date,
        contract_id as named_contract_id,
        term_number - 1 as named_term_number
    from versions
    where term_number > 1
),

final as (
    select
        owners.account_id,
        named.contract_id,
        named.term_number,
        named.known_from_date,
        named.known_until_date,
        named.dated_from_date,
        named.term_start_date,
        named.named_contract_id,
        named.named_term_number
    from named
    inner join owners
        on named.named_contract_id = owners.contract_id and named.account_id != owners.account_id
)

select * from final
