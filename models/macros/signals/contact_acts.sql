{#
    CTEs with what contacts did, beside a CTE `cuts` that has `lookback_days`: `met`, the attended meetings that list them, and
    `wrote`, their replies to our mail and their mails; each with account_id, contact_id and the days on which it counts.

    signal: the signal whose lookback holds
#}
{% macro contact_acts(signal) -%}
met as (
    select
        meetings.account_id,
        meeting_contacts.contact_id,
        greatest(meetings.event_date, meetings.known_date) as from_date,
        least(
            meetings.known_until_date,
            {{ date_add_days('meetings.event_date', 'cuts.lookback_days') }}
        ) as until_date
    from {{ ref('int_canonical__meetings') }} as meetings
    inner join {{ ref('int_canonical__meeting_contacts') }} as meeting_contacts
        on
            meetings.meeting_id = meeting_contacts.meeting_id
            and meetings.known_date = meeting_contacts.known_date
    cross join cuts
    where
        meetings.status = 'attended'
        and meetings.event_date > {{ lookback_from_date(signal) }}
        and {{ in_bucket('meetings.account_id') }}
),

-- Their reply to our mail, or a mail from them; both on the day they wrote.
mails as (
    select
        account_id,
        contact_id,
        event_date,
        known_date,
        known_until_date,
        case when direction = 'out' then replied_date else event_date end as written_date
    from {{ ref('int_canonical__emails') }}
    where {{ in_bucket('account_id') }}
),

wrote as (
    select
        mails.account_id,
        mails.contact_id,
        greatest(mails.event_date, mails.written_date, mails.known_date) as from_date,
        least(
            mails.known_until_date,
            {{ date_add_days('mails.written_date', 'cuts.lookback_days') }}
        ) as until_date
    from mails
    cross join cuts
    where
        mails.written_date > {{ lookback_from_date(signal) }}
)
{%- endmacro %}
