-- One row per account, churned ones too, with the values of its last day in scope. One that its CRM merged into another
-- did not churn: what it had is the other's, and its ARR is counted there.
with

-- the last known version: of an account that its source deleted, the one before the deletion
account_versions as (

    select
        int_canonical__accounts.*,
        row_number() over (partition by account_id order by known_date desc) as recency
    from {{ ref('int_canonical__accounts') }} as int_canonical__accounts
    where known_date <= {{ as_of_date() }}

),

accounts as (

    select * from account_versions
    where recency = 1

),

holders as (

    select
        account_id,
        holder_account_id
    from {{ ref('int_accounts__holders') }}
    where until_date = {{ end_of_time() }}

),

spans as (

    select
        spans.*,
        least({{ date_add_days('spans.until_date', -1) }}, {{ as_of_date() }}) as as_of_date,
        row_number() over (partition by spans.account_id order by spans.from_date desc) as recency
    from {{ ref('int_accounts__account_spans') }} as spans

),

last_days as (

    select
        spans.*,
        {{ days_between('spans.as_of_date', 'spans.next_renewal_date') }} as days_to_renewal
    from spans
    where recency = 1

),

health as (

    select * from {{ ref('int_scores__days_at_hand') }}

),

-- Accounts that had contracts and have none in force, also of before history, by all that is known.
past_customers as (

    select account_id
    from {{ ref('int_revenue__term_states') }}
    where is_current and term_start_date <= {{ as_of_date() }}
    group by account_id
    having max(in_force_until_date) <= {{ as_of_date() }}

),

marks as (

    select * from {{ ref('int_accounts__marks') }}

),

users as (

    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

-- Of several users with one address an active one, as for renewals.
user_ids_by_email as (

    select
        lower(email) as email,
        coalesce(min(case when is_active then user_id end), min(user_id)) as user_id
    from users
    group by lower(email)

),

rules as (

    select
        max(case when rule = 'onboarding_days' then value end) as onboarding_days,
        max(case when rule = 'renewal_days' then value end) as renewal_days,
        max(case when rule = 'growth_days' then value end) as growth_days,
        max(case when rule = 'growth_adoption' then value end) as growth_adoption
    from {{ ref('lifecycle_rules') }}

),

staged as (

    select
        accounts.account_id,
        accounts.name,
        accounts.parent_account_id,
        coalesce(owners.user_id, accounts.owner_id) as owner_id,
        owners.name as owner_name,
        coalesce(owners.email, accounts.owner_email) as owner_email,
        accounts.industry,
        accounts.region,
        accounts.territory,
        accounts.domain,
        accounts.crm_url,
        last_days.segment,
        holders.holder_account_id as merged_into_account_id,
        case when holders.account_id is null then last_days.arr else 0 end as arr,
        case when holders.account_id is null then last_days.next_renewal_date end as next_renewal_date,
        case when holders.account_id is null then last_days.days_to_renewal end as days_to_renewal,
        last_days.as_of_date,
        case
            when holders.account_id is not null then false
            when last_days.as_of_date is null then past_customers.account_id is not null
            else last_days.as_of_date < {{ as_of_date() }}
        end as is_churned,
        coalesce(last_days.is_acquired, accounts.is_acquired, false) as is_acquired,
        health.score,
        health.weight_coverage,
        health.category,
        health.category_effective,
        health.flag,
        health.trend,
        health.score_delta_30d,
        health.needs_review,
        health.is_frozen,
        health.model_version,
        marks.champion_missing_since_date,
        marks.is_champion_missing,
        marks.unanswered_mail_count,
        marks.unanswered_since_date,
        marks.is_not_responsive,
        case
            when last_days.as_of_date is null then null
            when
                not coalesce(accounts.onboarded_date <= last_days.as_of_date, false)
                and (
                    last_days.first_term_start_date is null
                    or {{ days_between('last_days.first_term_start_date', 'last_days.as_of_date') }}
                    < rules.onboarding_days
                )
                then 'onboarding'
            when last_days.days_to_renewal <= rules.renewal_days then 'renewal'
            when
                {{ days_between('last_days.first_term_start_date', 'last_days.as_of_date') }}
                > rules.growth_days
                and health.feature_adoption >= rules.growth_adoption
                then 'growth'
            else 'adoption'
        end as lifecycle_stage
    from accounts
    cross join rules
    left join last_days
        on accounts.account_id = last_days.account_id
    left join past_customers
        on accounts.account_id = past_customers.account_id
    left join health
        on
            accounts.account_id = health.account_id
            and last_days.as_of_date = health.as_of_date
    left join holders
        on accounts.account_id = holders.account_id
    left join marks
        on accounts.account_id = marks.account_id
    left join user_ids_by_email
        on lower(accounts.owner_email) = user_ids_by_email.email
    left join users as owners
        on coalesce(accounts.owner_id, user_ids_by_email.user_id) = owners.user_id

),

final as (

    select
        staged.account_id,
        staged.name,
        staged.owner_id,
        staged.owner_name,
        staged.owner_email,
        staged.parent_account_id,
        staged.merged_into_account_id,
        staged.segment,
        staged.lifecycle_stage,
        case
            when staged.flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') then 'at_risk'
            else staged.lifecycle_stage
        end as stage_display,
        staged.industry,
        staged.region,
        staged.territory,
        staged.domain,
        staged.crm_url,
        cast(staged.arr as {{ dbt.type_numeric() }}) as arr,
        staged.next_renewal_date,
        staged.days_to_renewal,
        staged.score,
        staged.weight_coverage,
        staged.category,
        staged.category_effective,
        staged.flag,
        staged.trend,
        staged.score_delta_30d,
        staged.model_version,
        staged.is_churned,
        staged.is_acquired,
        staged.needs_review,
        staged.is_frozen,
        staged.champion_missing_since_date,
        staged.is_champion_missing,
        staged.unanswered_mail_count,
        staged.unanswered_since_date,
        staged.is_not_responsive,
        staged.as_of_date
    from staged

)

select * from final
