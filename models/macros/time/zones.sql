{# The tenant's calendar day on which an instant (UTC timestamp) falls. #}
{% macro local_date(instant) -%}
    {{- adapter.dispatch('local_date')(instant) -}}
{%- endmacro %}

{% macro default__local_date(instant) -%}
    {%- if var('time_zone') == 'UTC' -%}
        cast({{ instant }} as date)
    {%- else -%}
        cast(timezone('{{ var("time_zone") }}', timezone('UTC', {{ instant }})) as date)
    {%- endif -%}
{%- endmacro %}

{% macro bigquery__local_date(instant) -%}
    date({{ instant }}, '{{ var("time_zone") }}')
{%- endmacro %}

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
