-- One row per leader and account that they answer for: a VP CS for all, a manager for those of their own people.
-- Accounts that left are among them, for what was lost; those merged into another are not.
with

users as (

    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }} and is_active

),

accounts as (

    select
        account_id,
        owner_id
    from {{ ref('dim_accounts') }}
    where merged_into_account_id is null

),

final as (

    select
        users.user_id as recipient_id,
        coalesce(users.name, users.user_id) as recipient_name,
        users.email as recipient_email,
        accounts.account_id
    from users
    cross join accounts
    where users.role = 'vp_cs'
    union all
    select
        managers.user_id as recipient_id,
        coalesce(managers.name, managers.user_id) as recipient_name,
        managers.email as recipient_email,
        accounts.account_id
    from accounts
    inner join users as owners
        on accounts.owner_id = owners.user_id
    inner join users as managers
        on owners.manager_id = managers.user_id
    where coalesce(managers.role, '') <> 'vp_cs'

)

select * from final
