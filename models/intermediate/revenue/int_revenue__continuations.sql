-- One row per contract without a date of its own that, by all that is known on the as-of day, renews another without
-- saying so: only then is its start an outcome, which nobody could know before it happened. Looks at accounts that have
-- such a contract.
with

rules as (
    {{ renewal_rules(['grace_days', 'early_renewal_days']) }}
),

-- Of an account that was merged into another all is the other's.
contracts as (
    select
        coalesce(holders.holder_account_id, contracts.account_id) as account_id,
        contracts.contract_id,
        contracts.known_date,
        contracts.known_until_date,
        contracts.dated_from_date,
        contracts.term_start_date,
        contracts.product,
        contracts.previous_contract_id,
        contracts.cancelled_date,
        contracts.cancel_effective_date,
        schedules.term_number,
        schedules.notice_date,
        coalesce(schedules.cancel_known_date <= {{ as_of_date() }}, false) as is_notice_known,
        row_number() over (
            partition by contracts.contract_id, schedules.term_number order by contracts.known_date desc
        ) as recency,
        max(contracts.known_until_date) over (partition by contracts.contract_id) as deleted_date
    from {{ ref('int_canonical__contracts') }} as contracts
    inner join {{ ref('int_revenue__term_schedules') }} as schedules
        on
            contracts.contract_id = schedules.contract_id
            and contracts.known_date = schedules.known_date
    left join {{ ref('int_accounts__holders') }} as holders
        on contracts.account_id = holders.account_id and holders.until_date = {{ end_of_time() }}
),

asked as (
    select
        account_id,
        contract_id
    from contracts
    where known_date < dated_from_date and previous_contract_id is null and term_number = 1
),

asked_accounts as (
    select distinct account_id from asked
),

latest as (
    select contracts.*
    from contracts
    where contracts.recency = 1 and contracts.deleted_date > {{ as_of_date() }}
),

cycles as (
    select
        latest.account_id,
        1 as epoch_number,
        latest.contract_id,
        latest.term_number,
        latest.product,
        latest.previous_contract_id,
        latest.cancelled_date,
        latest.cancel_effective_date,
        latest.is_notice_known,
        cycles.cycle_number,
        cycles.cycle_start_date as term_start_date,
        cycles.cycle_end_date as term_end_date,
        cycles.renews_itself,
        cycles.notice_date
    from latest
    inner join asked_accounts
        on latest.account_id = asked_accounts.account_id
    inner join {{ ref('int_revenue__term_cycles') }} as cycles
        on
            latest.contract_id = cycles.contract_id
            and latest.term_number = cycles.term_number
            and latest.known_date = cycles.known_date
),

{{ terms_after_notice('cycles', 'terms') }},

listed_elsewhere as (
    select distinct
        latest.account_id,
        latest.contract_id,
        latest.term_number,
        latest.term_start_date,
        trim(item) as named_contract_id
    from latest
    cross join {{ list_items('latest.previous_contract_id', 'item') }}
    where latest.term_number = 1
),

linked_elsewhere as (
    select
        latest.account_id,
        1 as epoch_number,
        listed_elsewhere.contract_id,
        listed_elsewhere.term_number,
        listed_elsewhere.term_start_date,
        listed_elsewhere.named_contract_id,
        cast(null as {{ dbt.type_int() }}) as named_term_number
    from listed_elsewhere
    inner join latest
        on
            listed_elsewhere.named_contract_id = latest.contract_id
            and listed_elsewhere.account_id != latest.account_id
),

{{ successions() }},

final as (
    select distinct asked.contract_id
    from asked
    inner join successions
        on
            asked.account_id = successions.account_id
            and asked.contract_id = successions.successor_contract_id
    where successions.contract_id != successions.successor_contract_id
)

select * from final
