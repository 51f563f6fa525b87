{# The instant that a JSON column holds at a path as seconds since 1970: json_epoch('status_transitions', '$.paid_at'). #}
{% macro json_epoch(column, path) -%}
    {{ epoch_seconds_to_timestamp(dbt.safe_cast(json_text(column, path), dbt.type_bigint())) }}
{%- endmacro %}
