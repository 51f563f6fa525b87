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
