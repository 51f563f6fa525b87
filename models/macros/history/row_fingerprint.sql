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
