-- One row per account and day: the latest sentiment set by then. There is no measure.
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
    {{ signal_cuts('csm_sentiment', ['green', 'yellow', 'red']) }}
),

valued as (
    select
        sentiments.account_id,
        sentiments.event_at,
        greatest(sentiments.event_date, sentiments.known_date) as from_date,
        case sentiments.sentiment
            when 'green' then cuts.green_value
            when 'yellow' then cuts.yellow_value
            when 'red' then cuts.red_value
        end as signal_value
    from {{ ref('int_canonical__sentiments') }} as sentiments
    cross join cuts
    where {{ in_bucket('sentiments.account_id') }}
),

-- Each holds until a later one is known; of those set at one instant the lower colour is the later.
held as (
    select
        account_id,
        signal_value,
        from_date,
        coalesce(
            min(from_date) over (
                partition by account_id
                order by event_at asc, signal_value desc, from_date desc
                rows between 1 following and unbounded following
            ),
            {{ end_of_time() }}
        ) as until_date
    from valued
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(null as {{ dbt.type_float() }}) as measure,
        held.signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from spine
    left join held
        on
            spine.account_id = held.account_id
            and spine.as_of_date >= held.from_date
            and spine.as_of_date < held.until_date
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
