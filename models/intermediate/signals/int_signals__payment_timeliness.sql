-- One row per account and day: the worst of the invoices that fell due in the last 180 days (lookback_days). An invoice
-- without a date of payment by that day is unpaid, whatever its status says.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts(
        'payment_timeliness',
        ['on_time', 'late', 'very_late', 'uncollectible'],
        ['lookback_days'],
    ) }}
),

invoices as (
    select
        invoices.account_id,
        invoices.due_date,
        invoices.paid_date,
        coalesce(invoices.status = 'uncollectible', false) as is_uncollectible,
        greatest(invoices.event_date, invoices.due_date, invoices.known_date) as from_date,
        least(
            invoices.known_until_date,
            {{ date_add_days('invoices.due_date', 'cuts.lookback_days') }}
        ) as until_date
    from {{ ref('int_canonical__invoices') }} as invoices
    cross join cuts
    where
        coalesce(invoices.status, 'open') <> 'void'
        and invoices.due_date > {{ lookback_from_date('payment_timeliness') }}
        and {{ in_bucket('invoices.account_id') }}
),

due_days as (
    select
        spine.account_id,
        spine.as_of_date,
        max(
            {{ days_between(
                'invoices.due_date',
                'case when invoices.paid_date <= spine.as_of_date then invoices.paid_date else spine.as_of_date end',
            ) }}
        ) as days_late,
        max(case when invoices.is_uncollectible then 1 else 0 end) as uncollectible
    from spine
    inner join invoices
        on
            spine.account_id = invoices.account_id
            and spine.as_of_date >= invoices.from_date
            and spine.as_of_date < invoices.until_date
    group by spine.account_id, spine.as_of_date
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(due_days.days_late as {{ dbt.type_float() }}) as measure,
        case
            when due_days.days_late > cuts.very_late_threshold then cuts.very_late_value
            when due_days.uncollectible = 1 then cuts.uncollectible_value
            when due_days.days_late <= cuts.on_time_threshold then cuts.on_time_value
            when due_days.days_late <= cuts.late_threshold then cuts.late_value
        end as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from spine
    left join due_days
        on
            spine.account_id = due_days.account_id
            and spine.as_of_date = due_days.as_of_date
    cross join cuts
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
