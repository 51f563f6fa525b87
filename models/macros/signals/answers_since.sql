{#
    Since when a mail received can be the first answer to what we sent: the instant of the one received before it, of the
    same `partition`; null (always) when that one does not answer on all the days on which this one does, because it became
    known later or was taken back. The rows need account_id, email_id, sent_at, known_date, from_date and until_date.
#}
{% macro answers_since(partition) -%}
    {%- set before = '(partition by ' ~ partition ~ ' order by sent_at, email_id, known_date)' -%}
    case
        when
            lag(from_date) over {{ before }} <= from_date
            and lag(until_date) over {{ before }} >= until_date
            then lag(sent_at) over {{ before }}
    end
{%- endmacro %}
