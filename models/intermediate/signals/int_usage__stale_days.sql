-- One row per account and day on which a usage source that knows it looked broken or was past its red line, with the
-- last day before on which it was neither; null when that is longer ago than a value may be frozen.
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

source_days as (
    select
        source_name,
        as_of_date,
        fresh_date
    from feed_days
    where is_stale
    union all
    select
        source_name,
        as_of_date,
        coalesce(fresh_date, {{ beginning_of_time() }}) as fresh_date
    from {{ ref('int_signals__stale_sources') }}
    where source_entity = 'usage_events'
),

stale as (
    select
        account_sources.account_id,
        source_days.as_of_date,
        min(source_days.fresh_date) as fresh_date
    from source_days
    inner join account_sources
        on
            source_days.source_name = account_sources.source_name
            and source_days.as_of_date >= account_sources.known_from_date
    group by account_sources.account_id, source_days.as_of_date
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
