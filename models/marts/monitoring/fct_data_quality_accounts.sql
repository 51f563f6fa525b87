-- One row per aspect of the data quality audit and account in scope that it looks at: whether the account is
-- complete in it, whose it is, and where its record is; and of what is missing, whether that is known (known_noise).
{%- set activity_days = seed_constant('quality_rules', 'window_days', "aspect = 'activity'") %}
with

rules as (

    select * from {{ ref('quality_rules') }}

),

scope as (

    select
        account_id,
        arr,
        next_renewal_date,
        days_to_renewal
    from {{ ref('int_accounts__account_days') }}
    where as_of_date = {{ as_of_date() }}

),

accounts as (

    select *
    from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

-- what may be above an account, though it has bought nothing itself
parents as (

    select account_id
    from {{ ref('int_accounts__versions') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

-- the contracts in force, and how many of an account's have an end and were given notice of
contracts as (

    select
        account_id,
        count(*) as contract_count,
        count(term_end_date) as ended_count,
        count(case when cancelled_date <= {{ as_of_date() }} then coalesce(cancel_effective_date, term_end_date) end)
            as leaving_count
    from {{ ref('int_canonical__contracts') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and term_start_date <= {{ as_of_date() }}
        and coalesce(term_end_date > {{ as_of_date() }}, true)
        and not coalesce(cancel_effective_date <= {{ as_of_date() }}, false)
    group by account_id

),

contacts as (

    select distinct account_id
    from {{ ref('int_canonical__contacts') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and (is_exec_sponsor or is_champion)
        and not coalesce(left_date <= {{ as_of_date() }}, false)

),

activity as (
    {% for entity in ['usage_events', 'meetings', 'emails'] %}
    select account_id
    from {{ ref('int_canonical__' ~ entity) }}
    where
        known_date <= {{ as_of_date() }}
        and event_date > {{ date_add_days(as_of_date(), '-' ~ activity_days) }}
        and event_date <= {{ as_of_date() }}
        -- the same, a day more, of the instant as it is stored, by which a warehouse finds what it need not read
        and event_at
        >= cast({{ date_add_days(as_of_date(), '-' ~ activity_days) }} as {{ dbt.type_timestamp() }})
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}
),

opportunities as (

    select distinct account_id
    from {{ ref('int_canonical__opportunities') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and type = 'renewal'
        and not is_closed

),

renewing as (

    select window_days from rules
    where aspect = 'opportunities'

),

facts as (

    select
        scope.account_id,
        -- one that leaves on a known day renews no more
        scope.next_renewal_date is not null
        or coalesce(contracts.contract_count = contracts.leaving_count, false) as has_renewal_date,
        coalesce(accounts.owner_id, accounts.owner_email) is not null as has_owner,
        coalesce(scope.arr > 0, false) as has_contract_value,
        accounts.industry is not null
        and accounts.region is not null
        and accounts.created_date is not null as has_account_fields,
        contacts.account_id is not null as has_contact_roles,
        activity.account_id is not null as has_activity,
        accounts.parent_account_id is not null as names_parent,
        parents.account_id is not null as has_hierarchy,
        coalesce(scope.days_to_renewal between 0 and renewing.window_days, false) as is_renewing,
        opportunities.account_id is not null as has_opportunities,
        contracts.account_id is not null as is_contracted,
        coalesce(contracts.contract_count = contracts.ended_count, false) as has_end_dates
    from scope
    cross join renewing
    inner join accounts
        on scope.account_id = accounts.account_id
    left join parents
        on accounts.parent_account_id = parents.account_id
    left join contacts
        on scope.account_id = contacts.account_id
    left join activity
        on scope.account_id = activity.account_id
    left join opportunities
        on scope.account_id = opportunities.account_id
    left join contracts
        on scope.account_id = contracts.account_id

),

aspects as (
    {% for aspect in [
        'renewal_date', 'owner', 'contract_value', 'account_fields', 'contact_roles', 'activity', 'hierarchy',
        'opportunities', 'end_dates',
    ] %}
    {% set looked_at = {
        'hierarchy': 'names_parent', 'opportunities': 'is_renewing', 'end_dates': 'is_contracted',
    }.get(aspect, 'true') %}
    select
        '{{ aspect }}' as aspect,
        account_id,
        has_{{ aspect }} as is_complete
    from facts
    where {{ looked_at }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- What is known of an account in an aspect goes before what is known of the account, and that before what is known of
-- all.
noise as (

    select
        subject,
        account_id,
        reason,
        until_date
    from {{ ref('fct_known_noise') }}
    where is_in_force and (kind = 'aspect' or kind = 'account')

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        aspects.aspect,
        rules.title,
        rules.advice,
        aspects.account_id,
        dim_accounts.name,
        dim_accounts.owner_id,
        dim_accounts.owner_name,
        dim_accounts.owner_email,
        dim_accounts.arr,
        dim_accounts.crm_url,
        aspects.is_complete,
        not aspects.is_complete
        and coalesce(of_both.reason, of_account.reason, of_aspect.reason) is not null as is_known,
        case
            when not aspects.is_complete then coalesce(of_both.reason, of_account.reason, of_aspect.reason)
        end as known_reason,
        case
            when aspects.is_complete then null
            when of_both.reason is not null then of_both.until_date
            when of_account.reason is not null then of_account.until_date
            else of_aspect.until_date
        end as known_until_date
    from aspects
    inner join rules
        on aspects.aspect = rules.aspect
    inner join {{ ref('dim_accounts') }} as dim_accounts
        on aspects.account_id = dim_accounts.account_id
    left join noise as of_both
        on aspects.aspect = of_both.subject and aspects.account_id = of_both.account_id
    left join noise as of_account
        on aspects.account_id = of_account.account_id and of_account.subject is null
    left join noise as of_aspect
        on aspects.aspect = of_aspect.subject and of_aspect.account_id is null

)

select * from final
