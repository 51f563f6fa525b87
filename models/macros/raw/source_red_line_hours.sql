{# The configured red line of the row's source in whole hours, by its `source_name`; a day when nothing is configured. #}
{% macro source_red_line_hours() -%}
    {%- set red_lines = var('source_red_line_hours') -%}
    {%- if red_lines -%}
    case source_name
    {%- for name, hours in red_lines.items() %} when '{{ name }}' then {{ hours | int }}
    {%- endfor %} else 24 end
    {%- else -%}
    24
    {%- endif -%}
{%- endmacro %}
