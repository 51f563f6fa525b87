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
