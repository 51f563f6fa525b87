{# A day moved by a number of days (an expression; negative moves back): date_add_days('due_date', 30). #}
{% macro date_add_days(day, days) -%}
    {{- adapter.dispatch('date_add_days')(day, days) -}}
{%- endmacro %}

{% macro default__date_add_days(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}

{% macro bigquery__date_add_days(day, days) -%}
    date_add({{ day }}, interval {{ days }} day)
{%- endmacro %}
