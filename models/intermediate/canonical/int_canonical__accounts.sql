-- One row per customer and version: what an account was, as known on each day, before it was one too. Prospects, who
-- are none by the as-of day, end here (int_accounts__customers); what asks for accounts asks for customers.
with

versions as (
    select * from {{ ref('int_accounts__versions') }}
),

customers as (
    select account_id from {{ ref('int_accounts__customers') }}
),

final as (
    select
        versions.account_id,
        versions.known_date,
        versions.known_until_date,
        versions.dated_from_date,
        versions.name,
        versions.owner_id,
        versions.owner_email,
        versions.parent_account_id,
        versions.industry,
        versions.region,
        versions.territory,
        versions.segment,
        versions.created_date,
        versions.onboarded_date,
        versions.is_acquired,
        versions.domain,
        versions.crm_url,
        versions.created_at,
        versions.onboarded_at,
        versions.updated_at,
        versions.known_at,
        versions.source_name
    from versions
    inner join customers
        on versions.account_id = customers.account_id
)

select * from final
