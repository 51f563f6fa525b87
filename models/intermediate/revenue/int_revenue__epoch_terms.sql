-- One row per epoch of an account and term known in it: stated terms, and the terms by which an auto-renewing contract
-- renewed itself, or would have by the end of the epoch if nothing else renews it first.
with

epochs as (
    select * from {{ ref('int_revenue__epochs') }}
),

versions as (
    select * from {{ ref('int_revenue__term_versions') }}
),

cycles as (
    select
        epochs.account_id,
        epochs.epoch_number,
        epochs.from_date,
        epochs.until_date,
        epochs.is_current,
        versions.contract_id,
        versions.term_number,
        cycles.cycle_number,
        cycles.cycle_start_date as term_start_date,
        cycles.cycle_end_date as term_end_date,
        versions.dated_from_date,
        versions.product,
        versions.renewal_owner_id,
        versions.previous_contract_id,
        versions.arr,
        versions.seats,
        versions.notice_days,
        versions.cancelled_date,
        versions.cancel_effective_date,
        versions.auto_renew,
        cycles.renews_itself,
        cycles.notice_date,
        coalesce(versions.cancel_known_date <= epochs.from_date, false) as is_notice_known
    from epochs
    inner join versions
        on
            epochs.account_id = versions.account_id
            and epochs.from_date >= versions.known_from_date
            and epochs.from_date < versions.known_until_date
    inner join {{ ref('int_revenue__term_cycles') }} as cycles
        on
            versions.contract_id = cycles.contract_id
            and versions.term_number = cycles.term_number
            and versions.version_date = cycles.known_date
            and (cycles.cycle_number = 0 or epochs.until_date > cycles.cycle_start_date)
),

{{ terms_after_notice('cycles', 'terms') }},

final as (
    select
        account_id,
        epoch_number,
        from_date,
        until_date,
        is_current,
        contract_id,
        term_number,
        cycle_number,
        term_start_date,
        term_end_date,
        dated_from_date,
        product,
        renewal_owner_id,
        previous_contract_id,
        arr,
        seats,
        notice_days,
        case when is_notice_known then cancelled_date end as cancelled_date,
        cancel_end_date,
        auto_renew,
        is_self_renewing as renews_itself
    from terms
)

select * from final
