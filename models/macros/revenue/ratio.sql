{# A ratio as a double; null when there is nothing to divide by. #}
{% macro ratio(part, whole) -%}
    case
        when {{ whole }} > 0
            then cast({{ part }} as {{ dbt.type_float() }}) / cast({{ whole }} as {{ dbt.type_float() }})
    end
{%- endmacro %}
