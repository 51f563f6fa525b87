-- One row per account and day: tickets created in the last 30 days (recent_days) against the rate of the last 90
-- (lookback_days).
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
        'ticket_trend',
        ['falling', 'rising', 'steady', 'no_ticket'],
        ['lookback_days', 'recent_days'],
    ) }}
),

tickets as (
    select
        tickets.account_id,
        tickets.event_date,
        greatest(tickets.event_date, tickets.known_date) as from_date,
        least(
            tickets.known_until_date,
            coalesce(tickets.merged_date, tickets.known_until_date)
        ) as known_until_date,
        cuts.lookback_days,
        cuts.recent_days
    from {{ ref('int_canonical__tickets') }} as tickets
    cross join cuts
    where
        tickets.event_date > {{ lookback_from_date('ticket_trend') }}
        and {{ in_bucket('tickets.account_id') }}
),

intervals as (
    select
        account_id,
        from_date,
        least(known_until_date, {{ date_add_days('event_date', 'lookback_days') }}) as until_date,
        1 as ticket_count,
        0 as recent_count
    from tickets
    union all
    select
        account_id,
        from_date,
        least(known_until_date, {{ date_add_days('event_date', 'recent_days') }}) as until_date,
        0 as ticket_count,
        1 as recent_count
    from tickets
),

totals as (
    {{ interval_totals('spine', 'intervals', ['ticket_count', 'recent_count']) }}
),

measured as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when totals.ticket_count > 0
                then
                    1.0 * (totals.recent_count * cuts.lookback_days)
                    / (totals.ticket_count * cuts.recent_days)
        end as ratio
    from totals
    cross join cuts
),

cut_days as (
    select
        measured.*,
        {%- if entity_is_connected('tickets') %}
        case
            when measured.ratio < cuts.falling_threshold then 'falling'
            when measured.ratio > cuts.rising_threshold then 'rising'
            when measured.ratio is not null then 'steady'
            else 'no_ticket'
        end as cut
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as cut
        {%- endif %}
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.ratio', ['falling', 'rising', 'steady', 'no_ticket']) }}
