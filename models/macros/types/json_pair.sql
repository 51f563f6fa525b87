{# The `value` of the first pair with this `name` (or `id`) in a JSON column that holds pairs; null when it holds none. #}
{% macro json_pair(column, name) -%}
    {{- adapter.dispatch('json_pair')(column, name) -}}
{%- endmacro %}

{% macro default__json_pair(column, name) -%}
    [
        json_extract_string(pair, '$.value') for pair in json_extract({{ column }}, '$[*]')
        if coalesce(json_extract_string(pair, '$.name'), json_extract_string(pair, '$.id')) = '{{ name }}'
    ][1]
{%- endmacro %}

{% macro bigquery__json_pair(column, name) -%}
    (
        select min(json_value(pair, '$.value'))
        from unnest(json_query_array({{ column }})) as pair
        where coalesce(json_value(pair, '$.name'), json_value(pair, '$.id')) = '{{ name }}'
    )
{%- endmacro %}
