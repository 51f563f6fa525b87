{#
    A key of several columns as one text: the hash of their values in the order given, nulls told apart from
    empty texts. surrogate_key(['account_id', 'as_of_date'])
#}
{% macro surrogate_key(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- if not loop.first -%}{%- do parts.append("'|'") -%}{%- endif -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '~null~')") -%}
    {%- endfor -%}
    {{- dbt.hash(dbt.concat(parts)) -}}
{%- endmacro %}

{# A whole number under 2^40 that differs, but for chance, when any of the columns does; nulls count as values. #}
{% macro row_fingerprint(columns) -%}
    {{- adapter.dispatch('row_fingerprint')(columns) -}}
{%- endmacro %}

{% macro default__row_fingerprint(columns) -%}
    cast(hash({{ columns | join(', ') }}) % 1099511627776 as bigint)
{%- endmacro %}

{% macro bigquery__row_fingerprint(columns) -%}
    abs(mod(farm_fingerprint(to_json_string(struct({{ columns | join(', ') }}))), 1099511627776))
{%- endmacro %}
