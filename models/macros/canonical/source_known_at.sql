{#
    When a fact without `known_at` could have been known: its first instant plus the delay with which its source delivers
    (var source_delay_hours: source name -> hours, 0 unless given).
#}
{% macro source_known_at(first_instant) -%}
    {%- set delays = var('source_delay_hours') -%}
    {%- if delays -%}
        {{ timestamp_add_hours(first_instant, source_delay_hours()) }}
    {%- else -%}
        {{ first_instant }}
    {%- endif -%}
{%- endmacro %}
