{# One row with the numbers of the seed renewal_rules named, one whole-number column each. #}
{% macro renewal_rules(rules) %}
    select
        {%- for rule in rules %}
        cast(max(case when rule = '{{ rule }}' then value end) as {{ dbt.type_int() }}) as {{ rule }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('renewal_rules') }}
{%- endmacro %}
