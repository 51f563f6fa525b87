{# One row with the days of the seed record_rules, one column each; within them a day of a record can be true. #}
{% macro record_bounds() %}
    select
        {%- for rule in ['earliest_date', 'latest_date', 'placeholder_date'] %}
        cast(max(case when rule = '{{ rule }}' then value end) as date) as {{ rule }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('record_rules') }}
{%- endmacro %}
