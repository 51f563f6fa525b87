-- One row per audience and address that may read its site: an active user their own book, a manager that of all who
-- answer to them, members of a team that of the team, a VP CS the site of all accounts.
with

users as (

    select
        user_id,
        lower(email) as email,
        role
    from {{ ref('int_canonical__users') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and is_active
        and email is not null

),

audiences as (

    select distinct
        audience_kind,
        audience_id
    from {{ ref('dim_audiences') }}

),

final as (

    select
        audiences.audience_kind,
        audiences.audience_id,
        users.email as reader_email
    from audiences
    inner join users
        on audiences.audience_id = users.user_id
    where audiences.audience_kind in ('csm', 'manager')
    union distinct
    -- an owner whom only the address is known of
    select
        audience_kind,
        audience_id,
        lower(audience_id) as reader_email
    from audiences
    where audience_kind = 'csm' and audience_id like '%@%'
    union distinct
    select
        'team' as audience_kind,
        members.team as audience_id,
        users.email as reader_email
    from {{ ref('team_members') }} as members
    inner join users
        on lower(members.member) in (lower(users.user_id), users.email)
    union distinct
    select
        'all' as audience_kind,
        'all' as audience_id,
        users.email as reader_email
    from users
    where users.role = 'vp_cs'

)

select * from final
