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

ranked as (
    select
        sentiments.account_id,
        sentiments.event_at,
        greatest(sentiments.event_date, sentiments.known_date) as from_date,
        sentiments.sentiment,
        case sentiments.sentiment when 'green' then 3 when 'yellow' then 2 when 'red' then 1 end as colour_rank
    from {{ ref('int_canonical__sentiments') }} as sentiments
    where {{ in_bucket('sentiments.account_id') }}
),

-- Each holds until a later one is known; of those set at one instant the lower colour is the later.
held as (
    select
        account_id,
        case when colour_rank is not null then sentiment end as cut,
        from_date,
        coalesce(
            min(from_date) over (
                partition by account_id
                order by event_at asc, colour_rank desc, from_date desc
                rows between 1 following and unbounded following
            ),
            {{ end_of_time() }}
        ) as until_date
    from ranked
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(null as {{ dbt.type_float() }}) as measure,
        held.cut,
        {{ cut_value('held.cut', ['green', 'yellow', 'red']) }} as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from spine
    {{ cuts_on_day('spine') }}
    left join held
        on
            spine.account_id = held.account_id
            and spine.as_of_date >= held.from_date
            and spine.as_of_date < held.until_date
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
