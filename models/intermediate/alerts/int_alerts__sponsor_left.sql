-- One row per executive sponsor who left an account in scope, on the day on which it could be known; none while the
-- account is being acquired, for automated alerts pause then. It closes when another sponsor is named: the first
-- version of a contact counts for all days before it, but says since when it has been so by its own date alone.
with

contacts as (

    select
        *,
        greatest(known_date, dated_from_date) as named_date
    from {{ ref('int_canonical__contacts') }}

),

spans as (

    select
        account_id,
        from_date,
        until_date,
        is_acquired,
        next_contract_id,
        next_renewal_date
    from {{ ref('int_accounts__account_spans') }}

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
        -- who was erased is a pseudonym: the alert would come up again under another key
        and contacts.contact_id not like 'erased-%'
        and contacts.left_date is not null
        and contacts.left_date <= {{ as_of_date() }}
        and contacts.known_date <= {{ as_of_date() }}
        and greatest(contacts.left_date, contacts.known_date) < contacts.known_until_date
    group by contacts.account_id, contacts.contact_id

),

replacements as (

    select
        leavings.account_id,
        leavings.contact_id,
        min(contacts.named_date) as replaced_date
    from leavings
    inner join contacts
        on
            leavings.account_id = contacts.account_id
            and leavings.contact_id <> contacts.contact_id
            and leavings.created_date < contacts.named_date
            and contacts.named_date <= {{ as_of_date() }}
    where
        contacts.is_exec_sponsor
        and coalesce(contacts.has_consent, true)
        and (contacts.left_date is null or contacts.left_date > contacts.named_date)
    group by leavings.account_id, leavings.contact_id

),

final as (

    select
        'sponsor_left' as rule,
        leavings.contact_id as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        leavings.account_id,
        spans.next_contract_id as contract_id,
        spans.next_renewal_date as renewal_date,
        leavings.created_date,
        replacements.replaced_date as closed_date,
        case when replacements.replaced_date is not null then 'sponsor_replaced' end as close_reason
    from leavings
    left join replacements
        on
            leavings.account_id = replacements.account_id
            and leavings.contact_id = replacements.contact_id
    inner join spans
        on
            leavings.account_id = spans.account_id
            and leavings.created_date >= spans.from_date
            and leavings.created_date < spans.until_date
    where not coalesce(spans.is_acquired, false)

)

select * from final
