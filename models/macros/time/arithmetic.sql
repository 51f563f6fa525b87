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

{# The last day of the month of a date. #}
{% macro month_end(day) -%}
    {{- adapter.dispatch('month_end')(day) -}}
{%- endmacro %}

{% macro default__month_end(day) -%}
    last_day({{ day }})
{%- endmacro %}

{% macro bigquery__month_end(day) -%}
    last_day({{ day }}, month)
{%- endmacro %}

{# Whole days from one date to another, negative when the second is earlier. #}
{% macro days_between(from_date, to_date) -%}
    {{- adapter.dispatch('days_between')(from_date, to_date) -}}
{%- endmacro %}

{% macro default__days_between(from_date, to_date) -%}
    date_diff('day', {{ from_date }}, {{ to_date }})
{%- endmacro %}

{% macro bigquery__days_between(from_date, to_date) -%}
    date_diff({{ to_date }}, {{ from_date }}, day)
{%- endmacro %}

{# Hours from one instant to another, with fractions (double). #}
{% macro hours_between(from_at, to_at) -%}
    ({{ seconds_between(from_at, to_at) }} / 3600.0)
{%- endmacro %}

{# Seconds from one instant to another, with fractions (double). #}
{% macro seconds_between(from_at, to_at) -%}
    {{- adapter.dispatch('seconds_between')(from_at, to_at) -}}
{%- endmacro %}

{% macro default__seconds_between(from_at, to_at) -%}
    (date_diff('microsecond', {{ from_at }}, {{ to_at }}) / 1000000.0)
{%- endmacro %}

{% macro bigquery__seconds_between(from_at, to_at) -%}
    (timestamp_diff({{ to_at }}, {{ from_at }}, microsecond) / 1000000.0)
{%- endmacro %}

{# An instant moved by whole hours (an expression). #}
{% macro timestamp_add_hours(instant, hours) -%}
    {{- adapter.dispatch('timestamp_add_hours')(instant, hours) -}}
{%- endmacro %}

{% macro default__timestamp_add_hours(instant, hours) -%}
    ({{ instant }} + to_hours({{ hours }}))
{%- endmacro %}

{% macro bigquery__timestamp_add_hours(instant, hours) -%}
    timestamp_add({{ instant }}, interval {{ hours }} hour)
{%- endmacro %}

{# The instant (UTC timestamp) of a whole number of seconds since 1970. #}
{% macro epoch_seconds_to_timestamp(seconds) -%}
    {{- adapter.dispatch('epoch_seconds_to_timestamp')(seconds) -}}
{%- endmacro %}

{% macro default__epoch_seconds_to_timestamp(seconds) -%}
    make_timestamp({{ seconds }} * 1000000)
{%- endmacro %}

{% macro bigquery__epoch_seconds_to_timestamp(seconds) -%}
    timestamp_seconds({{ seconds }})
{%- endmacro %}
