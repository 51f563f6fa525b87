-- One row per contract and renewal date, as known on the as-of day.
with

states as (

    select * from {{ ref('int_revenue__term_states') }}

),

present as (

    select * from states
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
      and term_start_date <= {{ date_add_days(as_of_date(), 3650) }}

),

-- the first epoch since which the term has been ended the way it is now ended
learned as (

    select
        present.contract_id,
        present.renewal_date,
        min(states.known_date) as outcome_date,
        min(first_states.known_date) as first_known_date
    from present
    left join states
        on
            present.contract_id = states.contract_id
            and present.renewal_date = states.renewal_date
            and present.ended_by = states.ended_by
    left join states as first_states
        on
            present.contract_id = first_states.contract_id
            and present.renewal_date = first_states.renewal_date
    group by present.contract_id, present.renewal_date

),

accounts as (

    select * from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

users as (

    select * from {{ ref('int_canonical__users') }}

),

last_days as (

    select account_id, max(as_of_date) as last_date
    from {{ ref('int_accounts__account_days') }}
    where as_of_date <= {{ as_of_date() }}
    group by account_id

),

account_days as (

    select days.account_id, days.segment
    from {{ ref('int_accounts__account_days') }} as days
    inner join last_days
        on days.account_id = last_days.account_id and days.as_of_date = last_days.last_date

),

settled as (

    select
        present.*,
        learned.first_known_date,
        case
            when present.ended_by = 'successor' then greatest(learned.outcome_date, {{ beginning_of_time() }})
            when present.ended_by = 'cancellation' then greatest(present.cancelled_date, learned.outcome_date)
            when present.ended_by = 'lost' then present.lost_known_date
            when present.ended_by = 'itself' and present.renewal_date <= {{ as_of_date() }} then present.renewal_date
            when present.ended_by = 'none' and present.grace_end_date < {{ as_of_date() }}
                then {{ date_add_days('present.grace_end_date', 1) }}
        end as outcome_known_date,
        case
            when present.ended_by = 'successor' then present.successor_arr
            when present.ended_by = 'itself' and present.renewal_date <= {{ as_of_date() }} then present.arr
            when present.ended_by in ('cancellation', 'lost') then 0
            when present.ended_by = 'none' and present.grace_end_date < {{ as_of_date() }} then 0
        end as renewed_arr
    from present
    inner join learned
        on
            present.contract_id = learned.contract_id
            and present.renewal_date = learned.renewal_date

),

owned as (

    select
        settled.*,
        accounts.territory,
        coalesce(account_days.segment, accounts.segment) as segment,
        case
            when (settled.renewal_owner_id is not null and ({{ 'coalesce(renewal_owners.is_active, renewal_owners.user_id is not null)' if entity_is_connected('users') else 'true' }})) then settled.renewal_owner_id
            when (accounts.owner_id is not null and ({{ 'coalesce(account_owners.is_active, account_owners.user_id is not null)' if entity_is_connected('users') else 'true' }})) then accounts.owner_id
            when email_owners.user_id is not null then email_owners.user_id
        end as named_owner_id
    from settled
    left join accounts
        on settled.account_id = accounts.account_id
    left join account_days
        on settled.account_id = account_days.account_id
    left join users as renewal_owners
        on settled.renewal_owner_id = renewal_owners.user_id
    left join users as account_owners
        on accounts.owner_id = account_owners.user_id
    left join users as email_owners
        on
            accounts.owner_id is null
            and lower(accounts.owner_email) = lower(email_owners.email)
            and coalesce(email_owners.is_active, true)

),

assigned as (

    select
        owned.*,
        coalesce(
            owned.named_owner_id
            {%- for rule in var('owner_rules') %},
            case
                when
                    true
                    {%- if rule.territory is defined %} and owned.territory = '{{ rule.territory }}'{% endif %}
                    {%- if rule.segment is defined %} and owned.segment = '{{ rule.segment }}'{% endif %}
                    then '{{ rule.owner_id }}'
            end
            {%- endfor %}
        ) as owner_id
    from owned

),

final as (

    select
        assigned.contract_id,
        assigned.renewal_date,
        assigned.account_id,
        assigned.term_start_date,
        assigned.arr,
        nullif(assigned.product, '') as product,
        assigned.auto_renew,
        assigned.notice_days,
        assigned.owner_id,
        assigned.segment,
        assigned.first_known_date,
        {{ days_between(as_of_date(), 'assigned.renewal_date') }} as days_to_renewal,
        case
            when assigned.renewed_arr is null then null
            when assigned.ended_by in ('cancellation', 'lost', 'none') then 'churned'
            when assigned.renewed_arr > assigned.arr then 'expanded'
            when assigned.renewed_arr < assigned.arr then 'contracted'
            else 'renewed'
        end as renewal_outcome,
        assigned.renewed_arr,
        case when assigned.ended_by = 'itself' then assigned.contract_id else assigned.successor_contract_id end
            as successor_contract_id,
        assigned.outcome_known_date,
        case
            when assigned.ended_by = 'none' and assigned.renewed_arr is not null then assigned.renewal_date
            when assigned.ended_by in ('cancellation', 'lost') then assigned.arr_until_date
        end as churn_date,
        assigned.grace_end_date,
        assigned.cancelled_date,
        assigned.owner_id is null as is_orphan,
        assigned.ended_by = 'none'
        and assigned.renewal_date < {{ as_of_date() }}
        and assigned.grace_end_date >= {{ as_of_date() }} as is_late
    from assigned

)

select * from final
