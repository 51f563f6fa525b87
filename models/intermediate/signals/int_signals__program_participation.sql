-- One row per account and day: whether anybody of the account took up what they were asked to in the last 90 days
-- (lookback_days): webinars, betas, references, the community. The measure is how often somebody took part; null when
-- nobody was asked, or what became of it is not known. Who refused consent does not count.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('program_participation'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('program_participation', ['active', 'declined', 'silent'], ['lookback_days']) }}
),

asked as (
    select
        engagements.engagement_id,
        engagements.account_id,
        engagements.contact_id,
        engagements.status,
        greatest(engagements.event_date, engagements.known_date) as from_date,
        least(
            engagements.known_until_date,
            {{ date_add_days('engagements.event_date', 'cuts.lookback_days') }}
        ) as until_date
    from {{ ref('int_canonical__engagements') }} as engagements
    cross join cuts
    where
        engagements.status is not null
        and engagements.event_date > {{ lookback_from_date('program_participation') }}
        and {{ in_bucket('engagements.account_id') }}
),

contacts as (
    select
        contact_id,
        has_consent,
        known_date as from_date,
        known_until_date as until_date,
        dated_from_date
    from {{ ref('int_canonical__contacts') }}
),

-- What was asked of a person, on the days on which their record says whether they consent.
of_persons as (
    select
        asked.account_id,
        asked.status,
        contacts.has_consent,
        contacts.dated_from_date,
        greatest(asked.from_date, contacts.from_date) as from_date,
        least(asked.until_date, contacts.until_date) as until_date
    from asked
    inner join contacts
        on asked.contact_id = contacts.contact_id
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        case when status = 'attended' then 1 else 0 end as attended_count,
        case when status = 'declined' then 1 else 0 end as declined_count,
        case when status = 'silent' then 1 else 0 end as silent_count,
        0 as undated_count
    from asked
    union all
    -- taken off again while the person refuses
    select
        account_id,
        from_date,
        until_date,
        case when status = 'attended' then -1 else 0 end as attended_count,
        case when status = 'declined' then -1 else 0 end as declined_count,
        case when status = 'silent' then -1 else 0 end as silent_count,
        0 as undated_count
    from of_persons
    where not has_consent
    union all
    select
        account_id,
        from_date,
        least(until_date, dated_from_date) as until_date,
        0 as attended_count,
        0 as declined_count,
        0 as silent_count,
        1 as undated_count
    from of_persons
),

totals as (
    {{ interval_totals('spine', 'intervals', [
        'attended_count', 'declined_count', 'silent_count', 'undated_count',
    ]) }}
),

cut_days as (
    select
        totals.account_id,
        totals.as_of_date,
        totals.attended_count,
        case
            when totals.attended_count >= cuts.active_threshold then 'active'
            when totals.attended_count + totals.declined_count >= cuts.declined_threshold then 'declined'
            when totals.attended_count + totals.declined_count + totals.silent_count > 0 then 'silent'
        end as cut,
        totals.undated_count = 0 as is_leak_proof
    from totals
    {{ cuts_on_day('totals') }}
),

{{ signal_by_cut(
    'case when cut_days.cut is not null then cut_days.attended_count end',
    ['active', 'declined', 'silent'],
    'cut_days.is_leak_proof',
) }}
