{#
    One row per item of a list in a JSON column, as something to join; the item is the column named, JSON itself. No row
    for null, and none where there is no list.

        from subscriptions cross join {{ json_items('subscriptions.items', '$.data', 'line') }}  -- line
#}
{% macro json_items(column, path, item) -%}
    {{- adapter.dispatch('json_items')(column, path, item) -}}
{%- endmacro %}

{% macro default__json_items(column, path, item) -%}
    unnest(json_extract({{ column }}, '{{ path }}[*]')) as listed ({{ item }})
{%- endmacro %}

{% macro bigquery__json_items(column, path, item) -%}
    unnest(json_query_array({{ column }}, '{{ path }}')) as {{ item }}
{%- endmacro %}
