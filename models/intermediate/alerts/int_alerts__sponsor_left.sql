-- One row per executive sponsor who left an account in scope, on the day on which it could be known.
with

contacts as (

    select * from {{ ref('int_canonical__contacts') }}

),

account_days as (

    select account_id, as_of_date, next_contract_id, next_renewal_date
    from {{ ref('int_accounts__account_days') }}

),

leavings as (

    select
        contacts.account_id,
        contacts.contact_id,
        min(greatest(contacts.left_date, contacts.known_date)) as created_date
    from contacts
    where
        contacts.is_exec_sponsor
        and coalesce(contacts.has_consent, true)
        and contacts.left_date is not null
        and contacts.left_date <= {{ as_of_date() }}
        and contacts.known_date <= {{ as_of_date() }}
        and greatest(contacts.left_date, contacts.known_date) < contacts.known_until_date
    group by contacts.account_id, contacts.contact_id

),

final as (

    select
        'sponsor_left' as rule,
        leavings.contact_id as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        leavings.account_id,
        account_days.next_contract_id as contract_id,
        account_days.next_renewal_date as renewal_date,
        leavings.created_date,
        cast(null as date) as closed_date,
        cast(null as {{ dbt.type_string() }}) as close_reason
    from leavings
    inner join account_days
        on
            leavings.account_id = account_days.account_id
            and leavings.created_date = account_days.as_of_date

)

select * from final
