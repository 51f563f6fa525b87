{# How many billing periods (`count` times the unit: day, week, month, year) a year has, as a double. #}
{% macro periods_per_year(unit, count) -%}
    case {{ unit }}
        when 'day' then 365
        when 'week' then 52
        when 'month' then 12
        when 'year' then 1
    end / cast(greatest(coalesce({{ count }}, 1), 1) as {{ dbt.type_float() }})
{%- endmacro %}
