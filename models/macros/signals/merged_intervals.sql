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
