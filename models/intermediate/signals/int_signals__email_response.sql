-- One row per account and day: how long the answers took to our mail of the last 90 days (lookback_days). The answer to
-- a mail is its `replied_at`; without one by that day the first mail from the same contact after it, else from the
-- account.
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

mails as (
    select
        emails.account_id,
        emails.email_id,
        emails.contact_id,
        emails.direction,
        emails.sent_at,
        emails.replied_at,
        emails.replied_date,
        emails.known_date,
        greatest(emails.event_date, emails.known_date) as from_date,
        case
            when emails.direction = 'in' then emails.known_until_date
            else least(emails.known_until_date, {{ date_add_days('emails.event_date', 'cuts.lookback_days') }})
        end as until_date
    from {{ ref('int_canonical__emails') }} as emails
    cross join cuts
    where
        emails.event_date > {{ lookback_from_date('email_response') }}
        and {{ in_bucket('emails.account_id') }}
),

sent as (
    select * from mails
    where direction = 'out'
),

received as (
    select
        mails.*,
        {{ answers_since('account_id, contact_id') }} as contact_since_at,
        {{ answers_since('account_id') }} as account_since_at
    from mails
    where direction = 'in'
),

-- What may be the answer to a mail without a date of reply: one from the same contact goes before one from the account.
candidates as (
    select
        sent.account_id,
        sent.email_id,
        sent.known_date,
        sent.sent_at,
        0 as preference,
        received.sent_at as answered_at,
        greatest(sent.from_date, received.from_date) as from_date,
        least(sent.until_date, received.until_date, coalesce(sent.replied_date, sent.until_date)) as until_date
    from sent
    inner join received
        on
            sent.account_id = received.account_id
            and sent.contact_id = received.contact_id
            and sent.sent_at < received.sent_at
            and (received.contact_since_at is null or sent.sent_at >= received.contact_since_at)
    union all
    select
        sent.account_id,
        sent.email_id,
        sent.known_date,
        sent.sent_at,
        1 as preference,
        received.sent_at as answered_at,
        greatest(sent.from_date, received.from_date) as from_date,
        least(sent.until_date, received.until_date, coalesce(sent.replied_date, sent.until_date)) as until_date
    from sent
    inner join received
        on
            sent.account_id = received.account_id
            and sent.sent_at < received.sent_at
            and (received.account_since_at is null or sent.sent_at >= received.account_since_at)
),

edges as (
    select
        account_id,
        email_id,
        known_date,
        from_date as edge_date
    from candidates
    where from_date < until_date
    union distinct
    select
        account_id,
        email_id,
        known_date,
        until_date as edge_date
    from candidates
    where from_date < until_date
),

stretches as (
    select
        account_id,
        email_id,
        known_date,
        edge_date as from_date,
        lead(edge_date) over (
            partition by account_id, email_id, known_date order by edge_date
        ) as until_date
    from edges
),

ranked_answers as (
    select
        stretches.account_id,
        stretches.from_date,
        stretches.until_date,
        candidates.sent_at,
        candidates.answered_at,
        row_number() over (
            partition by
                stretches.account_id, stretches.email_id, stretches.known_date, stretches.from_date
            order by candidates.preference, candidates.answered_at
        ) as place
    from stretches
    inner join candidates
        on
            stretches.account_id = candidates.account_id
            and stretches.email_id = candidates.email_id
            and stretches.known_date = candidates.known_date
            and stretches.from_date >= candidates.from_date
            and stretches.until_date <= candidates.until_date
),

answers as (
    select
        account_id,
        greatest(from_date, replied_date) as from_date,
        until_date,
        sent_at,
        replied_at as answered_at
    from sent
    where replied_date is not null
    union all
    select
        account_id,
        from_date,
        until_date,
        sent_at,
        answered_at
    from ranked_answers
    where place = 1
),

-- Whole microseconds, so that sums are exact.
intervals as (
    select
        account_id,
        from_date,
        until_date,
        1 as sent_count,
        0 as answered_count,
        0 as response_microseconds
    from sent
    union all
    select
        account_id,
        from_date,
        until_date,
        0 as sent_count,
        1 as answered_count,
        cast(
            round({{ seconds_between('sent_at', 'answered_at') }} * 1000000) as {{ dbt.type_bigint() }}
        ) as response_microseconds
    from answers
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

first_known as (
    select * from {{ ref('int_signals__first_known') }}
    where signal = 'email_response'
),

-- Where no answer to anybody's mail was ever seen, nobody can tell silence from a mailbox that keeps no answers.
cut_days as (
    select
        measured.*,
        case
            when not coalesce(measured.as_of_date >= first_known.known_from_date, false)
                then cast(null as {{ dbt.type_string() }})
            when measured.mean_hours < cuts.fast_threshold then 'fast'
            when measured.mean_hours <= cuts.fair_threshold then 'fair'
            when measured.mean_hours is not null then 'slow'
            when measured.sent_count > 0 then 'unanswered'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
    cross join first_known
),

{{ signal_by_cut('cut_days.mean_hours', ['fast', 'fair', 'slow', 'unanswered']) }}
