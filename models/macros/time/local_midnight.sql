{# The instant (UTC timestamp) at which a calendar day begins for the tenant. #}
{% macro local_midnight(day) -%}
    {{- adapter.dispatch('local_midnight')(day) -}}
{%- endmacro %}

{% macro default__local_midnight(day) -%}
    {%- if var('time_zone') == 'UTC' -%}
        cast({{ day }} as timestamp)
    {%- else -%}
        timezone('UTC', timezone('{{ var("time_zone") }}', cast({{ day }} as timestamp)))
    {%- endif -%}
{%- endmacro %}

{% macro bigquery__local_midnight(day) -%}
    timestamp({{ day }}, '{{ var("time_zone") }}')
{%- endmacro %}
