{#
    The day on which so many terms after its anchor a contract's term ends and the next begins: so many times
    `term_months` later, where the months are whole, else `term_days`. An anchor on a day that a month lacks is there the
    month's last day, or with `ends_on_first` the first of the next month; where the month has the day, it is that day.

    count: how many terms, an expression; anchor: the column of the anchor
#}
{% macro term_boundary(count, anchor='anchor_date') -%}
    {%- set moved = date_add_months(anchor, 'term_months * (' ~ count ~ ')') -%}
    {%- set lacks_day = 'ends_on_first and extract(day from ' ~ moved ~ ') < extract(day from ' ~ anchor ~ ')' -%}
    case
        when term_months is not null
            then {{ date_add_days(moved, 'case when ' ~ lacks_day ~ ' then 1 else 0 end') }}
        else {{ date_add_days(anchor, 'term_days * (' ~ count ~ ')') }}
    end
{%- endmacro %}

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

{#
    CTEs that leave, of the times that a term runs, those that a notice leaves: one that is known counts for the end of the
    term that ran on its day. Adds cancel_end_date (the first day without ARR of a term that a notice ends, else null), and
    renews_itself is false where a notice or the end of time stands against it.

    cycles: a CTE with cycle_number, term_start_date, term_end_date (null without an end), renews_itself, is_notice_known,
    notice_date, cancelled_date and cancel_effective_date; final: the name of the last CTE
#}
{% macro terms_after_notice(cycles, final) -%}
noticed as (
    select
        {{ cycles }}.*,
        is_notice_known
        and (
            not renews_itself
            or term_end_date is null
            or notice_date < term_end_date
        ) as is_cancelled
    from {{ cycles }}
    where cycle_number = 0 or not is_notice_known or term_start_date <= notice_date
),

ended as (
    select
        noticed.*,
        case
            when not is_cancelled then null
            when term_end_date is null then coalesce(cancel_effective_date, cancelled_date)
            when cancel_effective_date < term_end_date then cancel_effective_date
            else term_end_date
        end as cancel_end_date,
        renews_itself and not is_cancelled as is_self_renewing
    from noticed
),

-- A term that a later one of its contract puts another in the place of: never began, or not again.
{{ final }} as (
    select ended.*
    from ended
    left join (
        select
            account_id,
            epoch_number,
            contract_id,
            term_number,
            term_start_date
        from ended
        where cycle_number = 0
    ) as later
        on
            ended.account_id = later.account_id
            and ended.epoch_number = later.epoch_number
            and ended.contract_id = later.contract_id
            and ended.term_number = later.term_number - 1
    where later.term_start_date is null or ended.term_start_date < later.term_start_date
)
{%- endmacro %}
