{# DuckDB's `float` has 32 bits; ours are doubles, as BigQuery's are. `dbt.type_float` finds this one first. #}
{% macro duckdb__type_float() -%}
    double
{%- endmacro %}

{#
    The sum of a column of doubles under 10,000 as whole ten-billionths: the same in whatever order the rows come, where
    a sum of doubles differs in its last digits from run to run.
#}
{% macro exact_sum(column) -%}
    cast(sum(cast(round(({{ column }}) * 10000000000) as {{ dbt.type_bigint() }})) as {{ dbt.type_float() }})
    / 10000000000
{%- endmacro %}

{# A number of a seed as whole millionths, to be hashed: its text is the same in each warehouse. #}
{% macro micros(column) -%}
    cast(round({{ column }} * 1000000) as {{ dbt.type_bigint() }})
{%- endmacro %}

{#
    How many of a currency's smallest unit make one of it: 100 mostly, 1 for those without decimals, 1000 for those with three.
    Billing systems keep amounts in the smallest unit.
#}
{% macro minor_units(currency_code) -%}
    {%- set none_decimal = [
        'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf', 'xof', 'xpf',
    ] -%}
    {%- set three_decimal = ['bhd', 'jod', 'kwd', 'omr', 'tnd'] -%}
    case
        when lower({{ currency_code }}) in ('{{ none_decimal | join("', '") }}') then 1
        when lower({{ currency_code }}) in ('{{ three_decimal | join("', '") }}') then 1000
        else 100
    end
{%- endmacro %}

{# A ratio as a double; null when there is nothing to divide by. #}
{% macro ratio(part, whole) -%}
    case
        when {{ whole }} > 0
            then cast({{ part }} as {{ dbt.type_float() }}) / cast({{ whole }} as {{ dbt.type_float() }})
    end
{%- endmacro %}
