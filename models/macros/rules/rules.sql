{#
    One number of a seed as a constant, by which a warehouse finds what it need not read:
    seed_constant('quality_rules', 'window_days', "aspect = 'activity'"). The model must name the seed in a ref, so that
    it is loaded before. As compiled without a warehouse it is a query.
#}
{% macro seed_constant(seed_name, column, condition) -%}
    {%- set relation = relation_there(seed_name) -%}
    {%- set rows = (relation or ref(seed_name)) ~ ' where ' ~ condition -%}
    {%- set query = 'select max(' ~ column ~ ') as value from ' ~ rows -%}
    {{- '(' ~ query ~ ')' if relation is none else run_query(query).columns[0].values()[0] -}}
{%- endmacro %}

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

{# One row with the numbers of the seed renewal_rules named, one whole-number column each. #}
{% macro renewal_rules(rules) %}
    select
        {%- for rule in rules %}
        cast(max(case when rule = '{{ rule }}' then value end) as {{ dbt.type_int() }}) as {{ rule }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('renewal_rules') }}
{%- endmacro %}

{# The ARR from which, and under which, an account without an explicit segment is in each segment. #}
{% macro segment_cuts() %}
    select
        segment,
        min_arr,
        lead(min_arr) over (order by min_arr) as next_min_arr
    from {{ ref('segments') }}
{%- endmacro %}
