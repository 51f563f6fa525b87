{#
    How many terms after its anchor a contract has begun by the end of a day (a whole number, null without a length): the
    largest n of which `term_boundary(n)` is on the day or before it. Takes columns anchor_date, term_months, term_days and
    ends_on_first; a boundary is in the calendar month of its count, or on the first of the next.
#}
{% macro terms_begun(day) -%}
    {%- set months -%}
    (
        12 * (extract(year from {{ day }}) - extract(year from anchor_date))
        + extract(month from {{ day }}) - extract(month from anchor_date)
    )
    {%- endset -%}
    {%- set guess -%}
    cast(floor(
        case
            when term_months is not null then {{ months }} / (1.0 * term_months)
            else {{ days_between('anchor_date', day) }} / (1.0 * term_days)
        end
    ) as {{ dbt.type_int() }})
    {%- endset -%}
    {{ guess }} - case when {{ term_boundary(guess) }} > {{ day }} then 1 else 0 end
{%- endmacro %}
