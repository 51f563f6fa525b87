{# A day moved by whole months (an expression), to the month's last day when it has no such day. #}
{% macro date_add_months(day, months) -%}
    {{- adapter.dispatch('date_add_months')(day, months) -}}
{%- endmacro %}

{% macro default__date_add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro bigquery__date_add_months(day, months) -%}
    {%- set text = months | string -%}
    {%- if text.startswith('-') -%}
        date_sub({{ day }}, interval {{ text[1:] }} month)
    {%- else -%}
        date_add({{ day }}, interval {{ text }} month)
    {%- endif -%}
{%- endmacro %}
