{# How many billing periods (`count` times the unit: day, week, month, year) a year has, as a double. #}
{% macro periods_per_year(unit, count) -%}
    case {{ unit }}
        when 'day' then 365
        when 'week' then 52
        when 'month' then 12
        when 'year' then 1
    end / cast(greatest(coalesce({{ count }}, 1), 1) as {{ dbt.type_float() }})
{%- endmacro %}

{#
    CTEs that bring what a deal costs as a whole to a year, by the term's whole months, by its days when there is none. The
    last is `priced`, with `yearly_amount`. Without an end, or with a placeholder for one (seed record_rules), the amount is
    taken for a year's.

    rows: the CTE that holds them, with `term_start_date`, `term_end_date` and `amount`
#}
{% macro yearly_amounts(rows) %}
measured as (
    select
        {{ rows }}.*,
        {{ days_between('term_start_date', 'term_end_date') }} as day_count,
        (extract(year from term_end_date) - extract(year from term_start_date)) * 12
        + extract(month from term_end_date) - extract(month from term_start_date) as months_apart
    from {{ rows }}
),

counted as (
    select
        measured.*,
        case
            when {{ date_add_months('term_start_date', 'months_apart') }} > term_end_date then months_apart - 1
            else months_apart
        end as month_count
    from measured
),

priced as (
    select
        counted.*,
        case
            when term_end_date >= {{ record_bound('placeholder_date') }} then amount
            when month_count > 0 then cast(round(amount * 12 / month_count, 2) as {{ dbt.type_numeric() }})
            when day_count > 0 then cast(round(amount * 365 / day_count, 2) as {{ dbt.type_numeric() }})
            else amount
        end as yearly_amount
    from counted
)
{%- endmacro %}
