{# The days of the spine that this run computes for a signal, with the columns named. #}
{% macro signal_spine(columns=[]) %}
    select
        account_id,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        as_of_date
    from {{ ref('int_accounts__account_days') }}
    where
        as_of_date >= {{ history_from_date() }}
        and as_of_date <= {{ as_of_date() }}
        and {{ in_bucket('account_id') }}
{%- endmacro %}
