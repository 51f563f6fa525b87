{# The configured delay of the row's source in days, rounded up: an event is known at the latest that many days after. #}
{% macro source_delay_days() -%}
    {%- set delays = var('source_delay_hours') -%}
    {%- if delays -%}
    case source_name
    {%- for name, hours in delays.items() %} when '{{ name }}' then {{ (hours | int + 23) // 24 }}
    {%- endfor %} else 0 end
    {%- else -%}
    0
    {%- endif -%}
{%- endmacro %}
