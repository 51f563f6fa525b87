-- One row per account and day on which a usage source that knows it looked broken, with the last day before on which it
-- did not; null when that is longer ago than a value may be frozen.
with

rules as (
    {{ rule_values('score_rules', ['frozen_days']) }}
),

account_sources as (
    select * from {{ ref('int_usage__account_sources') }}
),

feed_days as (
    select
        source_name,
        as_of_date,
        is_stale,
        max(case when not is_stale then as_of_date end) over (
            partition by source_name
            order by as_of_date
            rows between unbounded preceding and 1 preceding
        ) as fresh_date
    from {{ ref('int_usage__feed_days') }}
),

stale as (
    select
        account_sources.account_id,
        feed_days.as_of_date,
        min(feed_days.fresh_date) as fresh_date
    from feed_days
    inner join account_sources
        on
            feed_days.source_name = account_sources.source_name
            and feed_days.as_of_date >= account_sources.known_from_date
    where feed_days.is_stale
    group by account_sources.account_id, feed_days.as_of_date
),

final as (
    select
        stale.account_id,
        stale.as_of_date,
        case
            when {{ days_between('stale.fresh_date', 'stale.as_of_date') }} <= rules.frozen_days
                then stale.fresh_date
        end as fresh_date
    from stale
    cross join rules
)

select * from final
