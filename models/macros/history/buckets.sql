{#
    The bucket of an account, 0 … var account_buckets − 1, by a hash: the same account is in the same bucket in each
    model of a run.
#}
{% macro account_bucket(account_id) -%}
    {{- adapter.dispatch('account_bucket')(account_id) -}}
{%- endmacro %}

{% macro default__account_bucket(account_id) -%}
    {%- if var('account_buckets') | int == 1 -%}
        0
    {%- else -%}
        cast(hash({{ account_id }}) % {{ var('account_buckets') | int }} as integer)
    {%- endif -%}
{%- endmacro %}

{% macro bigquery__account_bucket(account_id) -%}
    mod(abs(mod(farm_fingerprint({{ account_id }}), {{ var('account_buckets') | int }})), {{ var('account_buckets') | int }})
{%- endmacro %}

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

{#
    The buckets of accounts that a run builds at once, as a list of [first, last]: so many that each has at most
    bucket_account_days rows (the model's configuration, else the var), by the accounts there are and the days to compute.
    A few days are one piece.
#}
{% macro history_bucket_ranges(from_date) %}
    {% do return(adapter.dispatch('history_bucket_ranges')(from_date)) %}
{% endmacro %}

{% macro default__history_bucket_ranges(from_date) %}
    {% set buckets = var('account_buckets') | int %}
    {% set iso = modules.datetime.date.fromisoformat %}
    {% set days = (iso(as_of_day()) - iso(from_date | string)).days + 1 %}
    {% set accounts = relation_there('int_canonical__accounts') %}
    {% set pieces = 1 %}
    {% if days > 31 and accounts is not none %}
        {% set sql = 'select count(distinct account_id) as account_count from ' ~ accounts %}
        {% set rows = run_query(sql).rows[0][0] | int * days %}
        {% set pieces = [buckets, rows // (config.get('bucket_account_days', var('bucket_account_days')) | int) + 1] | min %}
    {% endif %}
    {% set ranges = [] %}
    {% for piece in range(pieces) %}
        {% do ranges.append([piece * buckets // pieces, (piece + 1) * buckets // pieces - 1]) %}
    {% endfor %}
    {% do return(ranges) %}
{% endmacro %}

{# BigQuery finds the memory itself, and each piece would read (and bill) all over again. #}
{% macro bigquery__history_bucket_ranges(from_date) %}
    {% do return([[0, var('account_buckets') | int - 1]]) %}
{% endmacro %}
