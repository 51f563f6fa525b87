-- One row per account and day: the worst of the invoices that fell due in the last 180 days (lookback_days). An
-- invoice without a date of payment by that day is unpaid, whatever its status says. What the billing system charges
-- by itself is late from the first attempt that failed; while its bank settles it is not. One that is paid by no day
-- on which a bank would have settled, and of which no failure is known, is late from then on (settling_days).
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
        ['lookback_days', 'settling_days'],
    ) }}
),

invoices as (
    select
        invoices.account_id,
        invoices.due_date,
        invoices.paid_date,
        invoices.first_failed_date,
        coalesce(invoices.is_auto_charged, false) as is_auto_charged,
        {{ date_add_days('invoices.due_date', 'cuts.settling_days') }} as settled_date,
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

invoice_days as (
    select
        spine.account_id,
        spine.as_of_date,
        invoices.due_date,
        invoices.is_uncollectible,
        invoices.is_auto_charged,
        case
            when not invoices.is_auto_charged then invoices.due_date
            when invoices.first_failed_date <= spine.as_of_date
                then greatest(invoices.due_date, invoices.first_failed_date)
            else invoices.settled_date
        end as late_from_date,
        case
            when invoices.paid_date <= spine.as_of_date then invoices.paid_date
            else spine.as_of_date
        end as until_date
    from spine
    inner join invoices
        on
            spine.account_id = invoices.account_id
            and spine.as_of_date >= invoices.from_date
            and spine.as_of_date < invoices.until_date
),

-- While a charge of ours has not failed the bank settles: that is early or in time, never late.
due_days as (
    select
        account_id,
        as_of_date,
        max(
            case
                when is_auto_charged and until_date <= late_from_date
                    then least({{ days_between('due_date', 'until_date') }}, 0)
                else {{ days_between('late_from_date', 'until_date') }}
            end
        ) as days_late,
        max(case when is_uncollectible then 1 else 0 end) as uncollectible
    from invoice_days
    group by account_id, as_of_date
),

cut_days as (
    select
        due_days.*,
        case
            when due_days.days_late > cuts.very_late_threshold then 'very_late'
            when due_days.uncollectible = 1 then 'uncollectible'
            when due_days.days_late <= cuts.on_time_threshold then 'on_time'
            when due_days.days_late <= cuts.late_threshold then 'late'
            else 'very_late'
        end as cut
    from due_days
    {{ cuts_on_day('due_days') }}
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(cut_days.days_late as {{ dbt.type_float() }}) as measure,
        cut_days.cut,
        {{ cut_value('cut_days.cut', ['on_time', 'late', 'very_late', 'uncollectible']) }} as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from spine
    left join cut_days
        on
            spine.account_id = cut_days.account_id
            and spine.as_of_date = cut_days.as_of_date
    {{ cuts_on_day('spine') }}
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
