{#
    True for the accounts of the bucket that is being built. As compiled it holds for all buckets, so that the SQL of a
    history model is right as it stands (and in unit tests); the `history` materialization narrows it to one bucket after
    the other, and to the accounts whose past is reopened. Filter each large input with it: where {{ in_bucket('usage_events.account_id') }}
#}
{% macro in_bucket(account_id) -%}
    {{ account_id }} {{ history_mark_accounts() }}
    {%- if var('account_buckets') | int > 1 %}
    and {{ account_bucket(account_id) }} {{ history_mark_buckets() }}
    {%- endif -%}
{%- endmacro %}

{# Which accounts `in_bucket` lets through, as compiled: all. `history_narrow` finds it by its comment. #}
{% macro history_mark_accounts() -%}
    is not null /* all accounts */
{%- endmacro %}

{# What `in_bucket` compares with, as compiled: all buckets. `history_narrow` finds it by its comment. #}
{% macro history_mark_buckets() -%}
    between 0 and {{ var('account_buckets') | int - 1 }} /* all buckets */
{%- endmacro %}
