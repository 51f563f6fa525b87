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
