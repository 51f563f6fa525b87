-- One row per account and renewal before which it was without a champion for too long, on the first day on which that
-- was so; none while the account is being acquired, for automated alerts pause then. It closes when a champion is
-- named, or when the renewal is settled. The product ships no row of alert_rules for it: until a company's rules have
-- one, it makes no alert.
with

rules as (

    {{ rule_values('mark_rules', ['champion_gap_days', 'champion_renewal_days']) }}

),

gaps as (

    select * from {{ ref('int_accounts__champion_gaps') }}

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

renewals as (

    select
        contract_id,
        renewal_date,
        renewal_outcome,
        outcome_known_date
    from {{ ref('int_renewals__renewals') }}

),

candidates as (

    select
        gaps.account_id,
        gaps.until_date as filled_date,
        gaps.is_filled,
        spans.next_contract_id,
        spans.next_renewal_date,
        least(gaps.until_date, spans.until_date) as until_date,
        greatest(
            spans.from_date,
            {{ date_add_days('gaps.from_date', 'rules.champion_gap_days + 1') }},
            {{ date_add_days('spans.next_renewal_date', '-rules.champion_renewal_days') }}
        ) as created_date
    from gaps
    inner join spans
        on
            gaps.account_id = spans.account_id
            and gaps.from_date < spans.until_date
            and gaps.until_date > spans.from_date
    cross join rules
    where
        spans.next_renewal_date is not null
        and not coalesce(spans.is_acquired, false)

),

first_days as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.account_id, candidates.next_contract_id, candidates.next_renewal_date
            order by candidates.created_date
        ) as position
    from candidates
    where candidates.created_date < candidates.until_date and candidates.created_date <= {{ as_of_date() }}

),

final as (

    select
        'champion_missing' as rule,
        cast(first_days.next_renewal_date as {{ dbt.type_string() }}) as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        first_days.account_id,
        first_days.next_contract_id as contract_id,
        first_days.next_renewal_date as renewal_date,
        first_days.created_date,
        case
            when
                renewals.outcome_known_date is not null
                and renewals.outcome_known_date <= first_days.filled_date
                then renewals.outcome_known_date
            when first_days.filled_date <= {{ as_of_date() }} then first_days.filled_date
        end as closed_date,
        case
            when
                renewals.outcome_known_date is not null
                and renewals.outcome_known_date <= first_days.filled_date
                then 'renewal_' || renewals.renewal_outcome
            when first_days.filled_date <= {{ as_of_date() }} and first_days.is_filled then 'champion_named'
            when first_days.filled_date <= {{ as_of_date() }} then 'account_left'
        end as close_reason
    from first_days
    left join renewals
        on
            first_days.next_contract_id = renewals.contract_id
            and first_days.next_renewal_date = renewals.renewal_date
    where first_days.position = 1

)

select * from final
