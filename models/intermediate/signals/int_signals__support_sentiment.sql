-- One row per account and day: the mean of the ticket trend, the escalations and the satisfaction (CSAT, 1 to 5) with
-- the tickets created in the last 90 days (lookback_days), of those that there are. There is no measure.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('support_sentiment'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('support_sentiment', ['csat_least', 'csat_most'], ['lookback_days']) }}
),

-- Whole thousandths, so that sums are exact.
intervals as (
    select
        tickets.account_id,
        greatest(tickets.event_date, tickets.known_date) as from_date,
        least(
            tickets.known_until_date,
            coalesce(tickets.merged_date, tickets.known_until_date),
            {{ date_add_days('tickets.event_date', 'cuts.lookback_days') }}
        ) as until_date,
        1 as rated_count,
        cast(round(tickets.csat * 1000) as {{ dbt.type_bigint() }}) as csat_thousandths
    from {{ ref('int_canonical__tickets') }} as tickets
    cross join cuts
    where
        tickets.csat is not null
        and tickets.event_date > {{ lookback_from_date('support_sentiment') }}
        and {{ in_bucket('tickets.account_id') }}
),

totals as (
    {{ interval_totals('spine', 'intervals', ['rated_count', 'csat_thousandths']) }}
),

satisfaction as (
    select
        totals.account_id,
        totals.as_of_date,
        case
            when totals.rated_count > 0
                then
                    100.0 * (totals.csat_thousandths / (1000.0 * totals.rated_count) - cuts.csat_least_threshold)
                    / (cuts.csat_most_threshold - cuts.csat_least_threshold)
        end as signal_value,
        true as is_leak_proof
    from totals
    {{ cuts_on_day('totals') }}
),

{{ mean_of_signals(['ticket_trend', 'escalations'], ['satisfaction']) }}
