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
