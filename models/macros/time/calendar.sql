{#
    One row per day from a date to a date, both included, as something to join; the dates may be columns of a
    relation joined before it. No row when the second is earlier.

        from spans cross join {{ date_series('spans.from_date', 'spans.to_date') }} as days  -- days.as_of_date
#}
{% macro date_series(from_date, to_date, column='as_of_date') -%}
    {{- adapter.dispatch('date_series')(from_date, to_date, column) -}}
{%- endmacro %}

{% macro default__date_series(from_date, to_date, column) -%}
    lateral (
        select cast(series.instant as date) as {{ column }}
        from
            unnest(
                generate_series(
                    cast({{ from_date }} as timestamp), cast({{ to_date }} as timestamp), interval 1 day
                )
            ) as series (instant)
    )
{%- endmacro %}

{% macro bigquery__date_series(from_date, to_date, column) -%}
    unnest(
        array(
            select as struct calendar_day as {{ column }}
            from unnest(generate_date_array({{ from_date }}, {{ to_date }})) as calendar_day
        )
    )
{%- endmacro %}

{# The quarter ends from a day to a day (ISO dates), and the second day itself, as a list of ISO dates in order. #}
{% macro quarter_ends(from_day, to_day) %}
    {# YAML makes a date of an ISO date without quotes #}
    {% set from_day = from_day | string %}
    {% set to_day = to_day | string %}
    {% set days = [] %}
    {% for year in range(from_day[:4] | int, to_day[:4] | int + 1) %}
        {% for month_end in ['03-31', '06-30', '09-30', '12-31'] %}
            {% set day = year ~ '-' ~ month_end %}
            {% if from_day <= day and day < to_day %}
                {% do days.append(day) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% do return(days + [to_day]) %}
{% endmacro %}
