-- One row per account and day: tickets escalated in the last 90 days (lookback_days).
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
    {{ signal_cuts('escalations', ['none', 'one', 'several'], ['lookback_days']) }}
),

intervals as (
    select
        tickets.account_id,
        greatest(tickets.event_date, tickets.escalated_date, tickets.known_date) as from_date,
        least(
            tickets.known_until_date,
            coalesce(tickets.merged_date, tickets.known_until_date),
            {{ date_add_days('tickets.escalated_date', 'cuts.lookback_days') }}
        ) as until_date,
        1 as escalation_count
    from {{ ref('int_canonical__tickets') }} as tickets
    cross join cuts
    where
        tickets.escalated_date > {{ lookback_from_date('escalations') }}
        and {{ in_bucket('tickets.account_id') }}
),

totals as (
    {{ interval_totals('spine', 'intervals', ['escalation_count']) }}
),

measured as (
    select
        account_id,
        as_of_date,
        {%- if entity_is_connected('tickets') %}
        escalation_count
        {%- else %}
        cast(null as {{ dbt.type_bigint() }}) as escalation_count
        {%- endif %}
    from totals
),

cut_days as (
    select
        measured.*,
        case
            when measured.escalation_count <= cuts.none_threshold then 'none'
            when measured.escalation_count <= cuts.one_threshold then 'one'
            when measured.escalation_count is not null then 'several'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.escalation_count', ['none', 'one', 'several']) }}
