-- One row per account and day: the contacts that met us or wrote in the last 90 days (lookback_days), each counted
-- once. Who left or refuses consent does not count. Null where no contact is on record, and for all as long as no
-- contact of any account was known to have met us or written.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('contacts_engaged'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('contacts_engaged', ['many', 'few', 'single', 'nobody'], ['lookback_days']) }}
),

counted as (
    select
        account_id,
        contact_id,
        known_date as from_date,
        least(known_until_date, coalesce(left_date, known_until_date)) as until_date,
        dated_from_date
    from {{ ref('int_canonical__contacts') }}
    where
        has_consent
        and {{ in_bucket('account_id') }}
),

{{ contact_acts('contacts_engaged') }},

acts as (
    select * from met
    union all
    select * from wrote
),

engaged as (
    select
        counted.account_id,
        counted.contact_id,
        greatest(counted.from_date, acts.from_date) as from_date,
        least(counted.until_date, acts.until_date) as until_date
    from counted
    inner join acts
        on counted.account_id = acts.account_id and counted.contact_id = acts.contact_id
),

engaged_contacts as (
    {{ merged_intervals('engaged', ['contact_id']) }}
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        key_count as engaged_count,
        0 as contact_count,
        0 as undated_count
    from engaged_contacts
    union all
    select
        account_id,
        from_date,
        until_date,
        0 as engaged_count,
        1 as contact_count,
        0 as undated_count
    from counted
    union all
    select
        account_id,
        from_date,
        least(until_date, dated_from_date) as until_date,
        0 as engaged_count,
        0 as contact_count,
        1 as undated_count
    from counted
),

totals as (
    {{ interval_totals('spine', 'intervals', ['engaged_count', 'contact_count', 'undated_count']) }}
),

first_known as (
    select * from {{ ref('int_signals__first_known') }}
    where signal = 'contacts_engaged'
),

measured as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when totals.as_of_date >= first_known.known_from_date and totals.contact_count > 0
                then totals.engaged_count
        end as engaged_count,
        totals.undated_count = 0 as is_leak_proof
    from totals
    cross join first_known
),

cut_days as (
    select
        measured.*,
        case
            when measured.engaged_count >= cuts.many_threshold then 'many'
            when measured.engaged_count >= cuts.few_threshold then 'few'
            when measured.engaged_count >= cuts.single_threshold then 'single'
            when measured.engaged_count is not null then 'nobody'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.engaged_count', ['many', 'few', 'single', 'nobody'], 'cut_days.is_leak_proof') }}
