{#
    One row per ticket and day on which it was known to be open again: ticket_id, reopened_date. A version without
    `solved_at` follows one whose solution had happened. One that was opened again and solved between two versions is not seen.
#}
{% macro reopened_tickets() %}
    select distinct
        ticket_id,
        known_date as reopened_date
    from (
        select
            ticket_id,
            known_date,
            solved_date,
            lag(solved_date) over (partition by ticket_id order by known_date) as solved_before_date
        from {{ ref('int_canonical__tickets') }}
    ) as versions
    where solved_date is null and solved_before_date <= known_date
{%- endmacro %}
