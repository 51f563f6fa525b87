-- One row per contract and renewal date, by all that is known on the as-of day. Terms by which an auto-renewing
-- contract renewed itself are renewals of their own.
{%- set users_are_connected = entity_is_connected('users') %}
with

segment_cuts as (
    {{ segment_cuts() }}
),

all_states as (
    select * from {{ ref('int_revenue__term_states') }}
),

versions as (
    select * from {{ ref('int_revenue__term_versions') }}
),

arr_intervals as (
    select * from {{ ref('int_revenue__arr_intervals') }}
),

accounts as (
    select * from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

-- Not used where no source has users.
users as ( -- noqa: ST03
    select * from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

-- What each epoch knew of an outcome before it ended: whether the renewal was lost, or who renewed it. Of a contract that
-- went from one account to another the epochs of both, one after the other.
known_outcomes as (
    select
        from_date,
        is_current,
        contract_id,
        term_number,
        cycle_number,
        greatest(from_date, outcome_from_date) as closed_date,
        case
            when greatest(from_date, outcome_from_date) >= until_date then 'open'
            when churn_date is not null
                then 'churned ' || cast(churn_date as {{ dbt.type_string() }})
            else
                'renewed by ' || coalesce(cast(successor_term_number as {{ dbt.type_string() }}), 'itself')
                || ' ' || successor_contract_id
        end as outcome
    from all_states
),

compared as (
    select
        known_outcomes.*,
        max(case when is_current then outcome end) over (
            partition by contract_id, term_number, cycle_number
        ) as last_outcome
    from known_outcomes
),

-- The closing day is the first day of the last unbroken run of days on which the outcome was known.
last_breaks as (
    select
        contract_id,
        term_number,
        cycle_number,
        max(case when outcome != last_outcome then from_date end) as from_date
    from compared
    group by contract_id, term_number, cycle_number
),

closings as (
    select
        compared.contract_id,
        compared.term_number,
        compared.cycle_number,
        min(compared.closed_date) as closed_date
    from compared
    inner join last_breaks
        on
            compared.contract_id = last_breaks.contract_id
            and compared.term_number = last_breaks.term_number
            and compared.cycle_number = last_breaks.cycle_number
            and (last_breaks.from_date is null or compared.from_date > last_breaks.from_date)
    group by compared.contract_id, compared.term_number, compared.cycle_number
),

first_known as (
    select
        contract_id,
        term_number,
        min(known_from_date) as first_known_date
    from versions
    group by contract_id, term_number
),

-- A later term of a contract takes the place of a renewal of itself up to the same day.
states as (
    select
        all_states.*,
        row_number() over (
            partition by all_states.contract_id, all_states.term_end_date
            order by all_states.term_number desc, all_states.cycle_number desc
        ) as place,
        all_states.outcome_from_date <= {{ as_of_date() }} as is_closed,
        -- The day on which the ARR that is due was last in force.
        {{ date_add_days(
            'least(all_states.in_force_until_date, all_states.term_end_date, '
            ~ date_add_days(as_of_date(), 1) ~ ')',
            -1
        ) }} as due_date,
        {{ date_add_days(
            'least(all_states.term_end_date, ' ~ date_add_days(as_of_date(), 1) ~ ')',
            -1
        ) }} as segment_date
    from all_states
    where all_states.is_current
),

account_arrs as (
    select
        states.contract_id,
        states.term_number,
        states.cycle_number,
        sum(arr_intervals.arr) as arr
    from states
    inner join arr_intervals
        on
            states.account_id = arr_intervals.account_id
            and states.segment_date >= arr_intervals.from_date
            and states.segment_date < arr_intervals.until_date
    group by states.contract_id, states.term_number, states.cycle_number
),

priced as (
    select
        states.*,
        due_versions.arr as due_arr,
        case
            when not states.is_closed then null
            when states.churn_date is not null then 0
            when states.outcome_reason = 'auto_renewal' then due_versions.arr
            else successor_versions.arr
        end as renewed_arr,
        closings.closed_date,
        case
            when states.cycle_number = 0 then first_known.first_known_date
            else greatest(states.term_start_date, first_known.first_known_date)
        end as first_known_date,
        coalesce(account_arrs.arr, 0) as account_arr
    from states
    inner join first_known
        on
            states.contract_id = first_known.contract_id
            and states.term_number = first_known.term_number
    inner join versions as due_versions
        on
            states.contract_id = due_versions.contract_id
            and states.term_number = due_versions.term_number
            and states.due_date >= due_versions.arr_from_date
            and states.due_date < due_versions.known_until_date
    left join versions as successor_versions
        on
            states.successor_contract_id = successor_versions.contract_id
            and states.successor_term_number = successor_versions.term_number
            and least(states.successor_start_date, {{ as_of_date() }}) >= successor_versions.arr_from_date
            and least(states.successor_start_date, {{ as_of_date() }}) < successor_versions.known_until_date
    left join closings
        on
            states.contract_id = closings.contract_id
            and states.term_number = closings.term_number
            and states.cycle_number = closings.cycle_number
    left join account_arrs
        on
            states.contract_id = account_arrs.contract_id
            and states.term_number = account_arrs.term_number
            and states.cycle_number = account_arrs.cycle_number
    where states.place = 1
),

-- The linter takes the lines of a condition that does not hold, or of a loop that gives none, for wrongly indented.
-- noqa: disable=LT02
owner_candidates as (
    select
        priced.*,
        coalesce(accounts.segment, segment_cuts.segment) as segment,
        coalesce(
            accounts.owner_id,
            {{ 'owners_by_email.user_id' if users_are_connected else 'accounts.owner_email' }}
        ) as account_owner_id,
        {{ rule_owner_id('accounts.territory', 'coalesce(accounts.segment, segment_cuts.segment)') }} as rule_owner_id
    from priced
    left join accounts
        on priced.account_id = accounts.account_id
    left join segment_cuts
        on
            priced.account_arr >= segment_cuts.min_arr
            and (segment_cuts.next_min_arr is null or priced.account_arr < segment_cuts.next_min_arr)
    {%- if users_are_connected %}
    left join (
        select
            lower(email) as email,
            coalesce(min(case when is_active then user_id end), min(user_id)) as user_id
        from users
        group by lower(email)
    ) as owners_by_email
        on lower(accounts.owner_email) = owners_by_email.email
    {%- endif %}
),

-- An inactive owner is none. Where no source has users, whoever is named is taken as active.
owned as (
    select
        owner_candidates.*,
        {%- if users_are_connected %}
        coalesce(renewal_owners.user_id, account_owners.user_id, rule_owners.user_id) as owner_id
        {%- else %}
        coalesce(
            owner_candidates.renewal_owner_id,
            owner_candidates.account_owner_id,
            owner_candidates.rule_owner_id
        ) as owner_id
        {%- endif %}
    from owner_candidates
    {%- if users_are_connected %}
    {%- for level in ['renewal', 'account', 'rule'] %}
    left join users as {{ level }}_owners
        on owner_candidates.{{ level }}_owner_id = {{ level }}_owners.user_id and {{ level }}_owners.is_active
    {%- endfor %}
    {%- endif %}
),

final as (
    select
        contract_id,
        term_end_date as renewal_date,
        account_id,
        owner_id,
        segment,
        product,
        term_start_date,
        first_known_date,
        grace_end_date,
        cancelled_date,
        {{ days_between(as_of_date(), 'term_end_date') }} as days_to_renewal,
        due_arr as arr,
        notice_days,
        case
            when not is_closed then null
            when churn_date is not null then 'churned'
            when renewed_arr > due_arr then 'expanded'
            when renewed_arr < due_arr then 'contracted'
            else 'renewed'
        end as renewal_outcome,
        case when is_closed then outcome_reason end as outcome_reason,
        cast(renewed_arr as {{ dbt.type_numeric() }}) as renewed_arr,
        case when is_closed and churn_date is null then successor_contract_id end as successor_contract_id,
        case when is_closed then closed_date end as outcome_known_date,
        case when is_closed then churn_date end as churn_date,
        owner_id is null as is_orphan,
        not is_closed and term_end_date < {{ as_of_date() }} as is_late,
        auto_renew
    from owned
)

select * from final
