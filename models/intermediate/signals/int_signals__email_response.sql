-- One row per account and day: how long the answers took to our mail of the last 90 days (lookback_days).
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
    {{ signal_cuts('email_response', ['fast', 'fair', 'slow', 'unanswered'], ['lookback_days']) }}
),

-- Whole microseconds, so that sums are exact.
mails as (
    select
        emails.account_id,
        emails.replied_date,
        greatest(emails.event_date, emails.known_date) as from_date,
        least(
            emails.known_until_date,
            {{ date_add_days('emails.event_date', 'cuts.lookback_days') }}
        ) as until_date,
        cast(
            round({{ seconds_between('emails.sent_at', 'emails.replied_at') }} * 1000000)
            as {{ dbt.type_bigint() }}
        ) as response_microseconds
    from {{ ref('int_canonical__emails') }} as emails
    cross join cuts
    where
        emails.direction = 'out'
        and emails.event_date > {{ lookback_from_date('email_response') }}
        and {{ in_bucket('emails.account_id') }}
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        1 as sent_count,
        0 as answered_count,
        0 as response_microseconds
    from mails
    union all
    select
        account_id,
        greatest(from_date, replied_date) as from_date,
        until_date,
        0 as sent_count,
        1 as answered_count,
        response_microseconds
    from mails
    where replied_date is not null
),

totals as (
    {{ interval_totals('spine', 'intervals', [
        'sent_count', 'answered_count', 'response_microseconds',
    ]) }}
),

measured as (
    select
        account_id,
        as_of_date,
        sent_count,
        case
            when answered_count > 0
                then cast(response_microseconds as {{ dbt.type_float() }}) / answered_count / 3600000000
        end as mean_hours
    from totals
),

final as (
    select
        measured.account_id,
        measured.as_of_date,
        measured.mean_hours as measure,
        case
            when measured.mean_hours < cuts.fast_threshold then cuts.fast_value
            when measured.mean_hours <= cuts.fair_threshold then cuts.fair_value
            when measured.mean_hours > cuts.slow_threshold then cuts.slow_value
            when measured.sent_count > 0 then cuts.unanswered_value
        end as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from measured
    cross join cuts
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
