-- One row per contract and renewal date. Open ones show the health of the as-of day, closed ones that of the day on
-- which their outcome became known; where the account was out of scope by then, that of its last day before.
with

renewals as (

    select * from {{ ref('int_renewals__renewals') }}

),

stages as (

    select * from {{ ref('stg_scoring__renewal_stages') }}

),

closed_days as (

    select
        renewals.contract_id,
        renewals.renewal_date,
        max(least({{ date_add_days('spans.until_date', -1) }}, renewals.outcome_known_date)) as as_of_date
    from renewals
    inner join {{ ref('int_accounts__account_spans') }} as spans
        on
            renewals.account_id = spans.account_id
            and renewals.outcome_known_date >= spans.from_date
    group by renewals.contract_id, renewals.renewal_date

),

health as (

    select
        account_id,
        as_of_date,
        score,
        category_effective,
        flag
    from {{ ref('int_scores__days_at_hand') }}

),

accounts as (

    select
        account_id,
        name
    from {{ ref('dim_accounts') }}

),

users as (

    select
        user_id,
        name
    from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

final as (

    select
        renewals.contract_id,
        renewals.renewal_date,
        renewals.account_id,
        accounts.name as account_name,
        renewals.owner_id,
        users.name as owner_name,
        renewals.segment,
        renewals.product,
        renewals.term_start_date,
        stages.anchor_date,
        renewals.arr,
        renewals.days_to_renewal,
        stages.renewal_stage,
        renewals.renewal_outcome,
        renewals.renewed_arr,
        renewals.outcome_known_date,
        health.score,
        health.category_effective,
        health.flag,
        renewals.is_orphan,
        renewals.is_late,
        renewals.auto_renew
    from renewals
    left join stages
        on
            renewals.contract_id = stages.contract_id
            and renewals.renewal_date = stages.renewal_date
    left join closed_days
        on
            renewals.contract_id = closed_days.contract_id
            and renewals.renewal_date = closed_days.renewal_date
    left join health
        on
            renewals.account_id = health.account_id
            and health.as_of_date = case
                when renewals.outcome_known_date is null then {{ as_of_date() }}
                when closed_days.as_of_date > {{ as_of_date() }} then {{ as_of_date() }}
                else closed_days.as_of_date
            end
    left join accounts
        on renewals.account_id = accounts.account_id
    left join users
        on renewals.owner_id = users.user_id

)

select * from final
