-- One row per contract and renewal date, by all that is known on the as-of day. Terms by which an auto-renewing
-- contract renewed itself are renewals of their own.
{%- set users_are_connected = entity_is_connected('users') %}
with

segment_cuts as (
    {{ segment_cuts() }}
),

-- With the day on which the ARR that is due was last in force.
current_terms as (
    select
        term_states.*,
        {{ date_add_days(
            'least(term_states.in_force_until_date, '
            ~ 'coalesce(term_states.term_end_date, term_states.in_force_until_date), '
            ~ date_add_days(as_of_date(), 1) ~ ')',
            -1
        ) }} as due_date
    from {{ ref('int_revenue__term_states') }} as term_states
    where term_states.is_current
),

versions as (
    select * from {{ ref('int_revenue__term_versions') }}
),

arr_intervals as (
    select * from {{ ref('int_revenue__arr_intervals') }}
),

closings as (
    select * from {{ ref('int_revenue__closing_days') }}
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

first_known as (
    select
        contract_id,
        term_number,
        min(known_from_date) as first_known_date
    from versions
    group by contract_id, term_number
),

due as (
    select
        current_terms.account_id,
        current_terms.epoch_number,
        current_terms.contract_id,
        current_terms.term_number,
        current_terms.cycle_number,
        versions.arr
    from current_terms
    inner join versions
        on
            current_terms.contract_id = versions.contract_id
            and current_terms.term_number = versions.term_number
            and current_terms.due_date >= versions.arr_from_date
            and current_terms.due_date < versions.known_until_date
),

-- The ARR of each term that renews others, up to and with each of them by the ARR due: as whole cents, so that the
-- parts add up to it. Where none has ARR they have equal parts.
renewing as (
    select
        due.account_id,
        due.contract_id,
        due.term_number,
        due.cycle_number,
        successions.successor_contract_id,
        successions.successor_term_number,
        cast(successor_versions.arr as {{ dbt.type_float() }}) as successor_arr,
        sum(cast(due.arr as {{ dbt.type_float() }})) over (
            partition by successions.successor_contract_id, successions.successor_term_number
            order by due.contract_id, due.term_number, due.cycle_number
            rows between unbounded preceding and current row
        ) as running_arr,
        sum(cast(due.arr as {{ dbt.type_float() }})) over (
            partition by successions.successor_contract_id, successions.successor_term_number
        ) as total_arr,
        row_number() over (
            partition by successions.successor_contract_id, successions.successor_term_number
            order by due.contract_id, due.term_number, due.cycle_number
        ) as place,
        count(*) over (
            partition by successions.successor_contract_id, successions.successor_term_number
        ) as place_count
    from {{ ref('int_revenue__successions') }} as successions
    inner join due
        on
            successions.account_id = due.account_id
            and successions.epoch_number = due.epoch_number
            and successions.contract_id = due.contract_id
            and successions.term_number = due.term_number
            and successions.cycle_number = due.cycle_number
    inner join versions as successor_versions
        on
            successions.successor_contract_id = successor_versions.contract_id
            and successions.successor_term_number = successor_versions.term_number
            and least(successions.successor_start_date, {{ as_of_date() }}) >= successor_versions.arr_from_date
            and least(successions.successor_start_date, {{ as_of_date() }}) < successor_versions.known_until_date
),

cumulated as (
    select
        renewing.*,
        cast(round(
            successor_arr
            * case when total_arr > 0 then running_arr / total_arr else 1.0 * place / place_count end,
            2
        ) as {{ dbt.type_numeric() }}) as cumulated_arr
    from renewing
),

shared as (
    select
        cumulated.*,
        cumulated_arr - coalesce(
            lag(cumulated_arr) over (
                partition by successor_contract_id, successor_term_number order by place
            ),
            0
        ) as arr
    from cumulated
),

renewed as (
    select
        account_id,
        contract_id,
        term_number,
        cycle_number,
        sum(arr) as arr
    from shared
    group by account_id, contract_id, term_number, cycle_number
),

-- Without an end nothing is due; nor is it where an amendment with dates of its own ended the term. A later term of a
-- contract takes the place of a renewal of itself up to the same day.
states as (
    select
        current_terms.*,
        row_number() over (
            partition by current_terms.contract_id, current_terms.term_end_date
            order by current_terms.term_number desc, current_terms.cycle_number desc
        ) as place,
        current_terms.outcome_from_date <= {{ as_of_date() }} as is_closed,
        {{ date_add_days(
            'least(current_terms.term_end_date, ' ~ date_add_days(as_of_date(), 1) ~ ')',
            -1
        ) }} as segment_date
    from current_terms
    where current_terms.term_end_date is not null and current_terms.outcome_reason != 'amendment'
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
        due.arr as due_arr,
        case
            when not states.is_closed then null
            when states.churn_date is not null then 0
            when states.outcome_reason = 'auto_renewal' then due.arr
            else renewed.arr
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
    inner join due
        on
            states.account_id = due.account_id
            and states.contract_id = due.contract_id
            and states.term_number = due.term_number
            and states.cycle_number = due.cycle_number
    left join renewed
        on
            states.account_id = renewed.account_id
            and states.contract_id = renewed.contract_id
            and states.term_number = renewed.term_number
            and states.cycle_number = renewed.cycle_number
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
