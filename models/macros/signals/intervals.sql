{#
    The number by which rows of use of one key are taken together before their intervals are merged, so that there are few
    to merge: rows of one block of `lookback_days` days reach each other, so that their intervals
    (event_date … event_date + lookback_days) are one, from the least beginning to the greatest end. A row known only
    after its day begins late and may reach nobody: those of one day are a block of their own.

        group by account_id, user_id, use_block('event_date', 'known_date', 'lookback_days')
#}
{% macro use_block(event_date, known_date, lookback_days) -%}
    case
        when {{ known_date }} > {{ event_date }}
            then 0 - {{ days_between(beginning_of_time(), event_date) }}
        else cast(
            floor({{ days_between(beginning_of_time(), event_date) }} / {{ lookback_days }}) as {{ dbt.type_int() }}
        )
    end
{%- endmacro %}

{#
    Overlapping and touching intervals of one key merged, so that `interval_totals` over `key_count` counts each key once.
    A merged interval begins on the row that starts it (from_date, else null) and ends on the one that ends it.

    intervals: a CTE with account_id, the key's columns, from_date and until_date (the first day after, never null)
    key: the columns that name what is counted once, within an account
#}
{% macro merged_intervals(intervals, key) %}
    {%- set until_now = 'greatest(until_date, coalesce(covered_until_date, until_date))' %}
    select
        account_id,
        case
            when covered_until_date is null or from_date > covered_until_date then from_date
        end as from_date,
        case
            when next_from_date is null or next_from_date > {{ until_now }} then {{ until_now }}
        end as until_date,
        1 as key_count
    from (
        select
            account_id,
            from_date,
            until_date,
            max(until_date) over (
                partition by account_id, {{ key | join(', ') }}
                order by from_date, until_date
                rows between unbounded preceding and 1 preceding
            ) as covered_until_date,
            lead(from_date) over (
                partition by account_id, {{ key | join(', ') }}
                order by from_date, until_date
            ) as next_from_date
        from {{ intervals }}
        where from_date < until_date
    ) as covered
    where
        covered_until_date is null
        or from_date > covered_until_date
        or next_from_date is null
        or next_from_date > {{ until_now }}
{%- endmacro %}

{#
    For each row of `spine` (account_id, as_of_date) the sum of amounts over the intervals that hold on that day: one
    cumulative sum over the days on which an interval begins or ends, instead of a join of days and intervals. Exact for
    whole numbers. Edges before the first day of the spine, or in a gap of it, count from the next day that there is.

    intervals: a CTE with account_id, from_date, until_date (the first day after) and the amounts; without a from_date
               nothing begins, without an until_date nothing ends; one that ends by its start holds on no day
    amounts: the columns to sum, never null
#}
{% macro interval_totals(spine, intervals, amounts) %}
    select
        account_id,
        as_of_date,
        {{ amounts | join(',\n        ') }}
    from (
        select
            account_id,
            as_of_date,
            is_spine,
            {%- for amount in amounts %}
            sum({{ amount }}) over (
                partition by account_id
                -- the day itself comes after all that begins or ends on it
                order by as_of_date, is_spine
                rows between unbounded preceding and current row
            ) as {{ amount }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select
                account_id,
                as_of_date,
                1 as is_spine,
                {%- for amount in amounts %}
                0 as {{ amount }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ spine }}
            union all
            select
                account_id,
                from_date,
                0,
                {{ amounts | join(',\n                ') }}
            from {{ intervals }}
            where from_date <= {{ as_of_date() }} and (until_date is null or from_date < until_date)
            union all
            select
                account_id,
                until_date,
                0,
                {%- for amount in amounts %}
                0 - {{ amount }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ intervals }}
            where until_date <= {{ as_of_date() }} and (from_date is null or from_date < until_date)
        ) as edges
    ) as totals
    where is_spine = 1
{%- endmacro %}

{#
    The CTEs `uses` and `use_intervals`, beside a CTE `cuts` with lookback_days: the days on which an account's use counts for
    a signal, [from_date, until_date), a row for each block of uses of one key.

    signal: the signal whose lookback_days hold
    key:    the column of usage events that is counted: user_id, feature; events without it are left out
#}
{% macro use_intervals(signal, key) -%}
uses as (
    select
        usage_events.account_id,
        usage_events.{{ key }},
        greatest(usage_events.event_date, usage_events.known_date) as from_date,
        {{ date_add_days('usage_events.event_date', 'cuts.lookback_days') }} as until_date,
        {{ use_block('usage_events.event_date', 'usage_events.known_date', 'cuts.lookback_days') }}
            as use_block
    from {{ ref('int_canonical__usage_events') }} as usage_events
    cross join cuts
    where
        usage_events.event_count > 0
        and usage_events.{{ key }} is not null
        and usage_events.event_at >= {{ lookback_from_instant(signal) }}
        and {{ in_bucket('usage_events.account_id') }}
),

use_intervals as (
    select
        account_id,
        {{ key }},
        min(from_date) as from_date,
        max(until_date) as until_date
    from uses
    group by account_id, {{ key }}, use_block
),
{%- endmacro %}
