-- By how much the people who own accounts in scope are more than at the window's start, or than at the start of history
-- when that is later, as a share of those then.
with

rule as (

    select window_days from {{ ref('check_rules') }}
    where check_id = 'T7'

),

days as (

    select
        {{ as_of_date() }} as looked_at_date,
        true as is_now
    union all
    select
        greatest(
            {{ date_add_days(as_of_date(), '-rule.window_days') }},
            {{ history_start_date() }}
        ) as looked_at_date,
        false as is_now
    from rule

),

owned as (

    select distinct
        days.is_now,
        coalesce(accounts.owner_id, lower(accounts.owner_email)) as owner_key
    from days
    inner join {{ ref('int_accounts__account_spans') }} as spans
        on days.looked_at_date >= spans.from_date and days.looked_at_date < spans.until_date
    inner join {{ ref('int_canonical__accounts') }} as accounts
        on
            spans.account_id = accounts.account_id
            and days.looked_at_date >= accounts.known_date
            and days.looked_at_date < accounts.known_until_date
    where coalesce(accounts.owner_id, accounts.owner_email) is not null

),

counted as (

    select
        count(case when is_now then 1 end) as owners_now,
        count(case when not is_now then 1 end) as owners_before
    from owned

)

select
    'T7' as check_id,
    1.0 * owners_now / nullif(owners_before, 0) - 1 as value,
    owners_before as n
from counted
