-- One row per epoch of an account and term known in it: until when the term is in force, its outcome and from which day
-- that outcome holds, by what is known in the epoch.
with

rules as (
    {{ renewal_rules(['grace_days']) }}
),

terms as (
    select * from {{ ref('int_revenue__epoch_terms') }}
),

successions as (
    select
        successions.*,
        row_number() over (
            partition by account_id, epoch_number, contract_id, term_number, cycle_number
            order by successor_start_date asc, successor_contract_id asc, successor_term_number asc
        ) as recency
    from {{ ref('int_revenue__successions') }} as successions
),

-- Of several that renew a term the first ends it.
succeeded as (
    select
        terms.*,
        successions.successor_contract_id,
        successions.successor_term_number,
        successions.successor_start_date,
        min(
            case when successions.contract_id is not null then terms.cycle_number end
        ) over (
            partition by terms.account_id, terms.epoch_number, terms.contract_id, terms.term_number
        ) as last_cycle_number,
        {{ date_add_days('terms.term_end_date', 'rules.grace_days') }} as grace_end_date,
        {{ date_add_days('terms.cancel_end_date', 'rules.grace_days') }} as bridged_until_date
    from terms
    cross join rules
    left join successions
        on
            terms.account_id = successions.account_id
            and terms.epoch_number = successions.epoch_number
            and terms.contract_id = successions.contract_id
            and terms.term_number = successions.term_number
            and terms.cycle_number = successions.cycle_number
            and successions.recency = 1
),

-- What another contract renews does not renew itself any more.
standing as (
    select *
    from succeeded
    where last_cycle_number is null or cycle_number <= last_cycle_number
),

-- A lost opportunity speaks of the first term of its contract that had not run out of grace when it was lost; one that
-- names no contract, of the first such term of the account that nothing else renews.
losses as (
    select
        standing.account_id,
        standing.epoch_number,
        standing.contract_id,
        standing.term_number,
        standing.cycle_number,
        row_number() over (
            partition by lost.opportunity_id, standing.epoch_number
            order by
                case
                    when
                        lost.contract_id is null
                        and (standing.successor_contract_id is not null or standing.renews_itself)
                        then 1
                    else 0
                end asc,
                standing.term_end_date asc,
                standing.contract_id asc,
                standing.term_number asc
        ) as choice
    from standing
    inner join {{ ref('int_revenue__lost_opportunities') }} as lost
        on
            standing.account_id = lost.account_id
            and standing.from_date >= lost.known_from_date
            and standing.from_date < lost.known_until_date
            and (lost.contract_id is null or standing.contract_id = lost.contract_id)
            and standing.grace_end_date >= lost.close_date
            and standing.term_start_date <= lost.close_date
),

lost_terms as (
    select distinct
        account_id,
        epoch_number,
        contract_id,
        term_number,
        cycle_number
    from losses
    where choice = 1
),

decided as (
    select
        standing.*,
        -- A version of the same contract that begins inside the term ends it before anything is due.
        case
            when
                standing.successor_contract_id = standing.contract_id
                and (
                    standing.term_end_date is null
                    or standing.successor_start_date < standing.term_end_date
                )
                then 'amendment'
            when standing.successor_contract_id is not null then 'successor'
            when standing.cancel_end_date is not null then 'cancellation'
            when standing.renews_itself then 'auto_renewal'
            when standing.term_end_date is null then 'evergreen'
            when lost_terms.contract_id is not null then 'lost_opportunity'
            else 'grace'
        end as outcome_reason
    from standing
    left join lost_terms
        on
            standing.account_id = lost_terms.account_id
            and standing.epoch_number = lost_terms.epoch_number
            and standing.contract_id = lost_terms.contract_id
            and standing.term_number = lost_terms.term_number
            and standing.cycle_number = lost_terms.cycle_number
),

final as (
    select
        account_id,
        epoch_number,
        contract_id,
        term_number,
        cycle_number,
        from_date,
        until_date,
        is_current,
        term_start_date,
        term_end_date,
        grace_end_date,
        dated_from_date,
        -- The first day on which its ARR no longer counts; a successor within grace bridges the gap after a
        -- cancellation.
        case
            when outcome_reason = 'evergreen' then {{ end_of_time() }}
            when
                outcome_reason in ('successor', 'amendment')
                and (cancel_end_date is null or successor_start_date <= bridged_until_date)
                then successor_start_date
            when outcome_reason in ('successor', 'amendment', 'cancellation') then cancel_end_date
            when outcome_reason = 'grace' then {{ date_add_days('grace_end_date', 1) }}
            else term_end_date
        end as in_force_until_date,
        outcome_reason,
        -- The day from which the outcome is known, given what is known in the epoch.
        case
            when outcome_reason = 'evergreen' then {{ end_of_time() }}
            when outcome_reason = 'auto_renewal' then term_end_date
            when outcome_reason = 'grace' then {{ date_add_days('grace_end_date', 1) }}
            when cycle_number > 0 then term_start_date
            else {{ beginning_of_time() }}
        end as outcome_from_date,
        case
            when outcome_reason = 'cancellation' then cancel_end_date
            when outcome_reason in ('lost_opportunity', 'grace') then term_end_date
        end as churn_date,
        case
            when outcome_reason = 'auto_renewal' then contract_id
            else successor_contract_id
        end as successor_contract_id,
        successor_term_number,
        case
            when outcome_reason = 'auto_renewal' then term_end_date
            else successor_start_date
        end as successor_start_date,
        product,
        renewal_owner_id,
        arr,
        seats,
        notice_days,
        cancelled_date,
        auto_renew
    from decided
)

select * from final
