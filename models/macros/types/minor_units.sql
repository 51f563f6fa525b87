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
