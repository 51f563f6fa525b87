-- One row per source and key of the company's own list (`identities` of files): the account that it says the key is.
-- `account_id` is null where no such account is known. `known_date` is that of the row, null when it has none.
with

accounts as (
    select distinct account_id
    from {{ ref('int_accounts__versions') }}
),

final as (
    select
        identities.customer_source_name as source_name,
        identities.customer_id,
        identities.account_id as listed_account_id,
        accounts.account_id,
        {{ local_date('identities.known_at') }} as known_date
    from {{ ref('stg_files__identities') }} as identities
    left join accounts
        on {{ salesforce_id('identities.account_id') }} = accounts.account_id
)

select * from final
