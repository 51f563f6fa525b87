{# A day moved by a number of days (an expression; negative moves back): date_add_days('due_date', 30). #}
{% macro date_add_days(day, days) -%}
    {{- adapter.dispatch('date_add_days')(day, days) -}}
{%- endmacro %}

{% macro default__date_add_days(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}

{% macro bigquery__date_add_days(day, days) -%}
    {%- set text = days | string -%}
    {%- if text.startswith('-') -%}
        date_sub({{ day }}, interval {{ text[1:] }} day)
    {%- else -%}
        date_add({{ day }}, interval {{ text }} day)
    {%- endif -%}
{%- endmacro %}
