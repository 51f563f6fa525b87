-- One row per account, day, model version and signal of the preset: what the signal gave to the score. A signal without
-- data has no value and a contribution of 0; its weight leaves the formula. On days when the source of a signal is
-- stale the signal keeps the value of the last good day for a while: usage of the accounts that the source knows, all
-- else of all accounts.
-- depends_on: {{ ref('score_rules') }}
-- depends_on: {{ ref('int_history__restatements') }}
{{ config(
    materialized='history',
    history_key='model_version',
    history_key_from='int_scores__model_version',
    history_score='contribution',
    history_published=['measure', 'signal_value', 'weight', 'contribution'],
    history_part='signal',
) }}

with

spine as (
    {{ signal_spine(['segment']) }}
),

signal_index as (
    select * from {{ ref('int_signals__index') }}
),

segments as (
    select distinct segment from signal_index
),

signals as (
    select * from {{ ref('int_signals__long') }}
    where
        as_of_date >= {{ history_from_date() }}
        and as_of_date <= {{ as_of_date() }}
        and {{ in_bucket('account_id') }}
),

stale_entities as (
    select
        source_entity,
        as_of_date,
        -- too long ago for one of its sources is too long ago
        case when count(fresh_date) = count(*) then min(fresh_date) end as fresh_date
    from {{ ref('int_signals__stale_sources') }}
    where
        as_of_date >= {{ history_from_date() }}
        and source_entity <> 'usage_events'
    group by source_entity, as_of_date
),

stale_days as (
    select
        account_id,
        as_of_date,
        'usage_events' as source_entity,
        fresh_date
    from {{ ref('int_usage__stale_days') }}
    where
        as_of_date >= {{ history_from_date() }}
        and {{ in_bucket('account_id') }}
    union all
    select
        spine.account_id,
        spine.as_of_date,
        stale_entities.source_entity,
        stale_entities.fresh_date
    from spine
    inner join stale_entities
        on spine.as_of_date = stale_entities.as_of_date
),

entity_signals as (
    select distinct
        signal,
        source_entity
    from signal_index
),

-- Their last good day is never longer ago than a value may be frozen.
fresh as (
    select * from {{ ref('int_signals__long') }}
    where
        as_of_date >= {{ lookback_from_date('frozen_days') }}
        and as_of_date <= {{ as_of_date() }}
        and {{ in_bucket('account_id') }}
),

stale_signals as (
    select
        stale_days.account_id,
        stale_days.as_of_date,
        entity_signals.signal,
        fresh.measure,
        fresh.cut,
        fresh.signal_value,
        coalesce(fresh.is_leak_proof, true) as is_leak_proof,
        true as is_stale
    from stale_days
    inner join entity_signals
        on stale_days.source_entity = entity_signals.source_entity
    left join fresh
        on
            stale_days.account_id = fresh.account_id
            and stale_days.fresh_date = fresh.as_of_date
            and entity_signals.signal = fresh.signal
),

weighted as (
    select
        signals.account_id,
        signals.as_of_date,
        signals.signal,
        signal_index.dimension,
        signal_index.weight,
        case
            when stale_signals.is_stale then stale_signals.measure
            else signals.measure
        end as measure,
        case
            when stale_signals.is_stale then stale_signals.cut
            else signals.cut
        end as cut,
        case
            when stale_signals.is_stale then stale_signals.signal_value
            else signals.signal_value
        end as signal_value,
        coalesce(stale_signals.is_stale and stale_signals.signal_value is not null, false)
            as is_frozen,
        signals.is_leak_proof and coalesce(stale_signals.is_leak_proof, true) as is_leak_proof
    from signals
    inner join spine
        on
            signals.account_id = spine.account_id
            and signals.as_of_date = spine.as_of_date
    left join segments
        on spine.segment = segments.segment
    inner join signal_index
        on
            signals.signal = signal_index.signal
            and coalesce(segments.segment, 'all') = signal_index.segment
    left join stale_signals
        on
            signals.account_id = stale_signals.account_id
            and signals.as_of_date = stale_signals.as_of_date
            and signals.signal = stale_signals.signal
),

present as (
    select
        account_id,
        as_of_date,
        {{ exact_sum('weight') }} as weight
    from weighted
    where signal_value is not null
    group by account_id, as_of_date
),

final as (
    select
        weighted.account_id,
        weighted.as_of_date,
        model_version.model_version,
        weighted.signal,
        weighted.dimension,
        weighted.measure,
        weighted.cut,
        weighted.signal_value,
        weighted.weight,
        case
            when weighted.signal_value is not null and present.weight > 0
                then weighted.weight * weighted.signal_value / present.weight
            else 0.0
        end as contribution,
        weighted.is_frozen,
        weighted.is_leak_proof
    from weighted
    left join present
        on
            weighted.account_id = present.account_id
            and weighted.as_of_date = present.as_of_date
    cross join {{ ref('int_scores__model_version') }} as model_version
)

select * from final
