-- One row per account and version, of prospects too: what an account was, as known on each day.
{% set columns = [
    'account_id', 'name', 'owner_id', 'owner_email', 'parent_account_id', 'created_at',
    'industry', 'region', 'territory', 'segment', 'onboarded_at', 'is_acquired', 'is_customer', 'customer_since',
    'domain', 'crm_url', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('accounts'), columns) }}
),

{{ taken_rows('accounts', 'unioned') }},

{{ version_intervals('taken', key=['account_id']) }},

parents as (
    select
        account_id,
        holder_account_id
    from {{ ref('int_accounts__holders') }}
    where until_date = {{ end_of_time() }}
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
        coalesce(parents.holder_account_id, versions.parent_account_id) as parent_account_id,
        versions.industry,
        versions.region,
        versions.territory,
        versions.segment,
        {{ local_date('created_at') }} as created_date,
        {{ local_date('onboarded_at') }} as onboarded_date,
        coalesce(versions.is_acquired, false) as is_acquired,
        versions.is_customer,
        {{ local_date('customer_since') }} as customer_since_date,
        versions.domain,
        versions.crm_url,
        versions.created_at,
        versions.onboarded_at,
        versions.updated_at,
        versions.known_at,
        versions.source_name
    from versions
    left join parents
        on versions.parent_account_id = parents.account_id
)

select * from final
