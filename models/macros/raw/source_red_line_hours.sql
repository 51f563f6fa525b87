{# The configured red line of the row's source in whole hours, by its `source_name`; a day when nothing is configured. #}
{% macro source_red_line_hours() -%}
    case source_name
    {%- for name, hours in var('source_red_line_hours').items() %} when '{{ name }}' then {{ hours | int }}
    {%- endfor %} else 24 end
{%- endmacro %}
