{#
    True for the days (`as_of_date`) that a small table has, as constants, by which a warehouse finds what it need not read:
    where {{ is_day_of('scores.as_of_date', 'int_scores__asked_days') }}. As compiled without a warehouse it holds for all.
#}
{% macro is_day_of(day, model_name) -%}
    {%- set relation = relation_there(model_name) -%}
    {%- if relation is none -%}
        {{ day }} is not null
    {%- else -%}
        {{- is_day_in(day, 'select distinct as_of_date from ' ~ relation) -}}
    {%- endif -%}
{%- endmacro %}

{# True for the days that a query of one column gives, as constants. #}
{% macro is_day_in(day, query) -%}
    {%- set sql %}
        select cast(as_of_date as {{ dbt.type_string() }}) as as_of_date from ({{ query }}) as days order by 1
    {%- endset -%}
    {%- set days = run_query(sql).columns[0].values() -%}
    {%- if days | length == 0 -%}
        false
    {%- else -%}
        {{ day }} in ({% for each in days %}cast('{{ each }}' as date){{ ', ' if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}
