{# One row with the numbers of a seed of rules (rule, value), one column each; whole numbers where they end in _days. #}
{% macro rule_values(seed, rules) %}
    select
        {%- for rule in rules %}
        cast(
            max(case when rule = '{{ rule }}' then value end)
            as {{ dbt.type_int() if rule.endswith('_days') else dbt.type_float() }}
        ) as {{ rule }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(seed) }}
{%- endmacro %}
