{#
    The terms that versions of terms stand for: the stated one (cycle 0) and, of an auto-renewing contract, each time that
    it would renew itself by the as-of day. Cycle n begins n terms after the stated start: whole months, counted from the
    stated end, when the stated term is whole months, else days.

    versions: a CTE with term_start_date, term_end_date, term_months (null when not whole), term_days and auto_renew
#}
{% macro term_cycles(versions) %}
    select
        counted.*,
        case
            when cycle_number = 0 then term_start_date
            when term_months is not null
                then {{ date_add_months('term_end_date', 'term_months * (cycle_number - 1)') }}
            else {{ date_add_days('term_end_date', 'term_days * (cycle_number - 1)') }}
        end as cycle_start_date,
        case
            when term_months is not null
                then {{ date_add_months('term_end_date', 'term_months * cycle_number') }}
            else {{ date_add_days('term_end_date', 'term_days * cycle_number') }}
        end as cycle_end_date
    from (
        select
            bounded.*,
            {{ days_between(beginning_of_time(), 'numbers.number_date') }} as cycle_number
        from (
            select
                {{ versions }}.*,
                -- no month has fewer days than 28, so this many cycles reach the as-of day
                case
                    when auto_renew and term_days > 0 and term_end_date <= {{ as_of_date() }}
                        then cast(floor(
                            {{ days_between('term_end_date', as_of_date()) }}
                            / coalesce(term_months * 28.0, term_days)
                        ) as {{ dbt.type_int() }}) + 1
                    else 0
                end as last_cycle_number
            from {{ versions }}
        ) as bounded
        cross join {{ date_series(
            beginning_of_time(),
            date_add_days(beginning_of_time(), 'bounded.last_cycle_number'),
            'number_date'
        ) }} as numbers
    ) as counted
    where
        cycle_number = 0
        or case
            when term_months is not null
                then {{ date_add_months('term_end_date', 'term_months * (cycle_number - 1)') }}
            else {{ date_add_days('term_end_date', 'term_days * (cycle_number - 1)') }}
        end <= {{ as_of_date() }}
{%- endmacro %}
