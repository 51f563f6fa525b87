{# The configured delay of the row's source in whole hours, by its `source_name`. #}
{% macro source_delay_hours() -%}
    case source_name
    {%- for name, hours in var('source_delay_hours').items() %} when '{{ name }}' then {{ hours | int }}
    {%- endfor %} else 0 end
{%- endmacro %}
