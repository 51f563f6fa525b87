-- One row per account and day: the share of its goals that were reached, of those that were reached or fell due without
-- it in the last 365 days (lookback_days); the measure is that in percent. A goal that is not due yet says nothing, nor
-- does one without a target or a value.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('goals_reached'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts('goals_reached', days=['lookback_days']) }}
),

-- What was measured last holds until the next measure is known; the goal itself for a year from its last day, or, if
-- it was measured later or has none, from the measure.
measured as (
    select
        outcomes.account_id,
        outcomes.due_date,
        outcomes.value >= outcomes.target as is_reached,
        greatest(outcomes.event_date, outcomes.known_date) as from_date,
        least(
            outcomes.known_until_date,
            {{ date_add_days(
                'greatest(outcomes.event_date, coalesce(outcomes.due_date, outcomes.event_date))', 'cuts.lookback_days'
            ) }}
        ) as until_date
    from {{ ref('int_canonical__outcomes') }} as outcomes
    cross join cuts
    where
        outcomes.value is not null
        and outcomes.target is not null
        and greatest(outcomes.event_date, coalesce(outcomes.due_date, outcomes.event_date))
        > {{ lookback_from_date('goals_reached') }}
        and {{ in_bucket('outcomes.account_id') }}
),

intervals as (
    select
        account_id,
        from_date,
        until_date,
        1 as reached_count,
        0 as missed_count
    from measured
    where is_reached
    union all
    select
        account_id,
        greatest(from_date, {{ date_add_days('due_date', 1) }}) as from_date,
        until_date,
        0 as reached_count,
        1 as missed_count
    from measured
    where not is_reached and due_date is not null
),

totals as (
    {{ interval_totals('spine', 'intervals', ['reached_count', 'missed_count']) }}
),

shares as (
    select
        account_id,
        as_of_date,
        case
            when reached_count + missed_count > 0 then 100.0 * reached_count / (reached_count + missed_count)
        end as reached_percent
    from totals
),

final as (
    select
        shares.account_id,
        shares.as_of_date,
        cast(shares.reached_percent as {{ dbt.type_float() }}) as measure,
        cast(null as {{ dbt.type_string() }}) as cut,
        cast(shares.reached_percent as {{ dbt.type_float() }}) as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from shares
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
