{#
    A signal from how the contacts of one kind act: 100 when an active one met us in the last `lookback_days`, 50 when one at
    least answered or logged in, else 0; by the cuts of the signal. There is no measure; null for all as long as no contact
    of any account has been marked as one of the kind.

    signal: the signal whose cuts hold
    is_counted: the column of contacts that says which of them count
#}
{% macro contact_engagement(signal, is_counted) %}
with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts(signal, ['met', 'responded', 'absent'], ['lookback_days']) }}
),

-- One counts until the day on which they left, and not at all without consent.
counted as (
    select
        account_id,
        contact_id,
        lower(contact_id) as contact_key,
        lower(email) as email_key,
        known_date as from_date,
        least(known_until_date, coalesce(left_date, known_until_date)) as until_date,
        dated_from_date
    from {{ ref('int_canonical__contacts') }}
    where
        {{ is_counted }}
        and has_consent
        and {{ in_bucket('account_id') }}
),

{{ contact_acts(signal) }},

contact_keys as (
    select
        account_id,
        contact_id,
        contact_key as user_key
    from counted
    union distinct
    select
        account_id,
        contact_id,
        email_key as user_key
    from counted
    where email_key is not null
),

-- By each name that one of them has, or had, in the product.
logged_in as (
    select
        usage_events.account_id,
        contact_keys.contact_id,
        contact_keys.user_key,
        min(greatest(usage_events.event_date, usage_events.known_date)) as from_date,
        max({{ date_add_days('usage_events.event_date', 'cuts.lookback_days') }}) as until_date
    from {{ ref('int_canonical__usage_events') }} as usage_events
    inner join contact_keys
        on
            usage_events.account_id = contact_keys.account_id
            and lower(usage_events.user_id) = contact_keys.user_key
    cross join cuts
    where
        usage_events.event_count > 0
        and usage_events.event_at >= {{ lookback_from_instant(signal) }}
        and {{ in_bucket('usage_events.account_id') }}
    group by
        usage_events.account_id,
        contact_keys.contact_id,
        contact_keys.user_key,
        {{ use_block('usage_events.event_date', 'usage_events.known_date', 'cuts.lookback_days') }}
),

intervals as (
    select
        counted.account_id,
        greatest(counted.from_date, met.from_date) as from_date,
        least(counted.until_date, met.until_date) as until_date,
        1 as met_count,
        0 as response_count,
        0 as undated_count
    from counted
    inner join met
        on counted.account_id = met.account_id and counted.contact_id = met.contact_id
    union all
    select
        counted.account_id,
        greatest(counted.from_date, wrote.from_date) as from_date,
        least(counted.until_date, wrote.until_date) as until_date,
        0 as met_count,
        1 as response_count,
        0 as undated_count
    from counted
    inner join wrote
        on counted.account_id = wrote.account_id and counted.contact_id = wrote.contact_id
    union all
    select
        counted.account_id,
        greatest(counted.from_date, logged_in.from_date) as from_date,
        least(counted.until_date, logged_in.until_date) as until_date,
        0 as met_count,
        1 as response_count,
        0 as undated_count
    from counted
    inner join logged_in
        on
            counted.account_id = logged_in.account_id
            and counted.contact_id = logged_in.contact_id
            and (
                counted.contact_key = logged_in.user_key
                or counted.email_key = logged_in.user_key
            )
    union all
    select
        account_id,
        from_date,
        least(until_date, dated_from_date) as until_date,
        0 as met_count,
        0 as response_count,
        1 as undated_count
    from counted
),

totals as (
    {{ interval_totals('spine', 'intervals', ['met_count', 'response_count', 'undated_count']) }}
),

first_known as (
    select * from {{ ref('int_signals__first_known') }}
    where signal = '{{ signal }}'
),

-- Whether any is on record rests on the marks of all accounts, and is proven when one of them was dated by then.
cut_days as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when not coalesce(totals.as_of_date >= first_known.known_from_date, false)
                then cast(null as {{ dbt.type_string() }})
            when totals.met_count > 0 then 'met'
            when totals.response_count > 0 then 'responded'
            else 'absent'
        end as cut,
        totals.undated_count = 0
        and (
            first_known.known_from_date is null
            or totals.as_of_date < first_known.known_from_date
            or totals.as_of_date >= first_known.dated_from_date
        ) as is_leak_proof
    from totals
    cross join first_known
),

{{ signal_by_cut('null', ['met', 'responded', 'absent'], 'cut_days.is_leak_proof') }}
{% endmacro %}

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

{#
    Since when a mail received can be the first answer to what we sent: the instant of the one received before it, of the
    same `partition`; null (always) when that one does not answer on all the days on which this one does, because it became
    known later or was taken back. The rows need account_id, email_id, sent_at, known_date, from_date and until_date.
#}
{% macro answers_since(partition) -%}
    {%- set before = '(partition by ' ~ partition ~ ' order by sent_at, email_id, known_date)' -%}
    case
        when
            lag(from_date) over {{ before }} <= from_date
            and lag(until_date) over {{ before }} >= until_date
            then lag(sent_at) over {{ before }}
    end
{%- endmacro %}
