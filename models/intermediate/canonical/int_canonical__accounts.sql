{% set columns = [
    'account_id', 'name', 'owner_id', 'owner_email', 'parent_account_id', 'created_at',
    'industry', 'region', 'territory', 'segment', 'onboarded_at', 'is_acquired',
    'updated_at',
] %}

with

unioned as (
    {{ union_rows([
        ref('stg_files__accounts'),
        ref('stg_salesforce__accounts'),
        ref('stg_hubspot__accounts'),
    ], columns) }}
),

{{ taken_rows('accounts', 'unioned') }},

{{ version_intervals('taken', key=['account_id']) }},

final as (
    select
        account_id,
        known_date,
        known_until_date,
        dated_from_date,
        name,
        owner_id,
        owner_email,
        parent_account_id,
        industry,
        region,
        territory,
        segment,
        {{ local_date('created_at') }} as created_date,
        {{ local_date('onboarded_at') }} as onboarded_date,
        coalesce(is_acquired, false) as is_acquired,
        created_at,
        onboarded_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
