-- One row per epoch of an account and term known in it: stated terms, and the terms by which an auto-renewing contract
-- would have renewed itself by the end of the epoch if nothing else renews it first.
with

epochs as (
    select * from {{ ref('int_revenue__epochs') }}
),

versions as (
    select * from {{ ref('int_revenue__term_versions') }}
),

cycles as (
    {{ term_cycles('versions') }}
),

known as (
    select
        epochs.account_id,
        epochs.epoch_number,
        epochs.from_date,
        epochs.until_date,
        epochs.is_current,
        cycles.contract_id,
        cycles.term_number,
        cycles.cycle_number,
        cycles.cycle_start_date as term_start_date,
        cycles.cycle_end_date as term_end_date,
        cycles.dated_from_date,
        cycles.product,
        cycles.renewal_owner_id,
        cycles.previous_contract_id,
        cycles.arr,
        cycles.seats,
        cycles.notice_days,
        case when cycles.cancel_known_date <= epochs.from_date then cycles.cancelled_date end as cancelled_date,
        case
            when cycles.cancel_known_date <= epochs.from_date then cycles.cancel_effective_date
        end as cancel_effective_date,
        cycles.auto_renew
    from epochs
    inner join cycles
        on
            epochs.account_id = cycles.account_id
            and epochs.from_date >= cycles.known_from_date
            and epochs.from_date < cycles.known_until_date
            and (cycles.cycle_number = 0 or epochs.until_date > cycles.cycle_start_date)
),

-- A contract cancelled by the end of a term does not renew itself from it.
final as (
    select *
    from known
    where
        cycle_number = 0
        or cancelled_date is null
        or cancelled_date > term_start_date
)

select * from final
