-- One row per audience and account that it sees: the one place that decides who sees what. An owner (csm) sees the
-- accounts that they own, or of which an open renewal, an open alert or a step of a play is theirs; a manager the same
-- of all who answer to them, directly or not; a VP CS, as a manager, all; a team what its members see (team_members).
-- A customer is an audience of itself. An account that was merged into another is seen with that one.
with

users as (

    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

accounts as (

    select
        account_id,
        name,
        coalesce(owner_id, lower(owner_email)) as owner_id
    from {{ ref('dim_accounts') }}
    where merged_into_account_id is null

),

merged as (

    select
        account_id,
        merged_into_account_id
    from {{ ref('dim_accounts') }}
    where merged_into_account_id is not null

),

members as (

    select * from {{ ref('team_members') }}

),

owned as (

    select
        accounts.owner_id,
        accounts.account_id
    from accounts
    union distinct
    select
        renewals.owner_id,
        renewals.account_id
    from {{ ref('fct_renewals') }} as renewals
    where renewals.renewal_outcome is null
    union distinct
    select
        alerts.owner_id,
        alerts.account_id
    from {{ ref('fct_alerts') }} as alerts
    where alerts.state in ('created', 'acknowledged')
    union distinct
    select
        steps.owner_id,
        steps.account_id
    from {{ ref('fct_play_steps') }} as steps
    where steps.state in ('open', 'overdue', 'planned')

),

csms as (

    select
        owned.owner_id as audience_id,
        accounts.account_id
    from owned
    inner join accounts
        on owned.account_id = accounts.account_id
    where owned.owner_id is not null

),

-- Who answers to whom, over so many levels: a circle of managers ends.
reports_1 as (

    select
        manager_id,
        user_id
    from users
    where manager_id is not null and manager_id <> user_id

),
{% for level in range(2, 7) %}
reports_{{ level }} as (

    select
        reports.manager_id,
        below.user_id
    from reports_{{ level - 1 }} as reports
    inner join reports_1 as below
        on reports.user_id = below.manager_id

),
{% endfor %}
reports as (
    {% for level in range(1, 7) %}
    select
        manager_id,
        user_id
    from reports_{{ level }}
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

-- Managers see what is their own, too.
managers as (

    select
        reports.manager_id as audience_id,
        csms.account_id
    from reports
    inner join users as leaders
        on reports.manager_id = leaders.user_id and leaders.is_active
    inner join csms
        on csms.audience_id in (reports.user_id, reports.manager_id)
    union distinct
    select
        users.user_id as audience_id,
        accounts.account_id
    from users
    cross join accounts
    where users.role = 'vp_cs' and users.is_active

),

-- A member is named by the id or by the address.
member_ids as (

    select
        team,
        member as owner_id
    from members
    union distinct
    select
        team,
        lower(member) as owner_id
    from members
    union distinct
    select
        members.team,
        users.user_id as owner_id
    from members
    inner join users
        on lower(members.member) = lower(users.email)

),

teams as (

    select distinct
        member_ids.team as audience_id,
        csms.account_id
    from member_ids
    inner join csms
        on member_ids.owner_id = csms.audience_id

),

seen as (

    select
        'csm' as audience_kind,
        csms.audience_id,
        coalesce(users.name, csms.audience_id) as audience_name,
        csms.account_id
    from csms
    left join users
        on csms.audience_id = users.user_id
    union all
    select
        'manager' as audience_kind,
        managers.audience_id,
        coalesce(users.name, managers.audience_id) as audience_name,
        managers.account_id
    from managers
    left join users
        on managers.audience_id = users.user_id
    union all
    select
        'team' as audience_kind,
        teams.audience_id,
        teams.audience_id as audience_name,
        teams.account_id
    from teams
    union all
    select
        'customer' as audience_kind,
        accounts.account_id as audience_id,
        coalesce(accounts.name, accounts.account_id) as audience_name,
        accounts.account_id
    from accounts

),

final as (

    select * from seen
    union all
    select
        seen.audience_kind,
        seen.audience_id,
        seen.audience_name,
        merged.account_id
    from seen
    inner join merged
        on seen.account_id = merged.merged_into_account_id

)

select * from final
