-- One row per account and day: the tickets that were opened again after they had been solved, in the last 90 days
-- (lookback_days). Null when no ticket was created or opened again in that time, and for all as long as no ticket of
-- any account was ever opened again: many sources tell only how a ticket stands at last.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('repeated_issues'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('repeated_issues', ['none', 'one', 'several'], ['lookback_days']) }}
),

tickets as (
    select
        account_id,
        ticket_id,
        event_date,
        known_date,
        least(known_until_date, coalesce(merged_date, known_until_date)) as until_date
    from {{ ref('int_canonical__tickets') }}
),

reopenings as (
    {{ reopened_tickets() }}
),

created as (
    select
        tickets.account_id,
        greatest(tickets.event_date, tickets.known_date) as from_date,
        least(tickets.until_date, {{ date_add_days('tickets.event_date', 'cuts.lookback_days') }}) as until_date
    from tickets
    cross join cuts
    where
        tickets.event_date > {{ lookback_from_date('repeated_issues') }}
        and {{ in_bucket('tickets.account_id') }}
),

-- Under the account that has the ticket on the day; one that was opened again several times counts once.
opened_again as (
    select
        tickets.account_id,
        tickets.ticket_id,
        greatest(tickets.known_date, reopenings.reopened_date) as from_date,
        least(
            tickets.until_date,
            {{ date_add_days('reopenings.reopened_date', 'cuts.lookback_days') }}
        ) as until_date
    from tickets
    inner join reopenings
        on
            tickets.ticket_id = reopenings.ticket_id
            and tickets.until_date > reopenings.reopened_date
    cross join cuts
    where
        reopenings.reopened_date > {{ lookback_from_date('repeated_issues') }}
        and {{ in_bucket('tickets.account_id') }}
),

tickets_opened_again as (
    {{ merged_intervals('opened_again', ['ticket_id']) }}
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        1 as created_count,
        0 as repeated_count
    from created
    union all
    select
        account_id,
        from_date,
        until_date,
        0 as created_count,
        key_count as repeated_count
    from tickets_opened_again
),

totals as (
    {{ interval_totals('spine', 'intervals', ['created_count', 'repeated_count']) }}
),

first_known as (
    select * from {{ ref('int_signals__first_known') }}
    where signal = 'repeated_issues'
),

measured as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when
                totals.as_of_date >= first_known.known_from_date
                and totals.created_count + totals.repeated_count > 0
                then totals.repeated_count
        end as repeated_count
    from totals
    cross join first_known
),

cut_days as (
    select
        measured.*,
        case
            when measured.repeated_count <= cuts.none_threshold then 'none'
            when measured.repeated_count <= cuts.one_threshold then 'one'
            when measured.repeated_count is not null then 'several'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.repeated_count', ['none', 'one', 'several']) }}
