{# The text at a path of a JSON column, null when it is not there: json_text('customer', '$.metadata.account_id'). #}
{% macro json_text(column, path) -%}
    {{- adapter.dispatch('json_text')(column, path) -}}
{%- endmacro %}

{% macro default__json_text(column, path) -%}
    json_extract_string({{ column }}, '{{ path }}')
{%- endmacro %}

{% macro bigquery__json_text(column, path) -%}
    json_value({{ column }}, '{{ path }}')
{%- endmacro %}

{# A JSON column as its text; null, or the text `null`, when there is none. #}
{% macro json_as_text(column) -%}
    {{- adapter.dispatch('json_as_text')(column) -}}
{%- endmacro %}

{% macro default__json_as_text(column) -%}
    cast({{ column }} as varchar)
{%- endmacro %}

{% macro bigquery__json_as_text(column) -%}
    to_json_string({{ column }})
{%- endmacro %}

{#
    The text that a JSON column holds under some keys, as custom fields are kept: `{"tier": "gold"}`, a list whose first
    item counts (`{"tier": ["gold"]}`), or, for one key, pairs (`[{"name": "tier", "value": "gold"}]`).

        json_field('metadata', ['tier'])  -- gold
#}
{% macro json_field(column, keys) -%}
    {%- set paths = [] -%}
    {%- for key in keys -%}{%- do paths.append('."' ~ key ~ '"') -%}{%- endfor -%}
    {%- set path = '$' ~ paths | join('') -%}
    coalesce(
        {{ json_text(column, path ~ '[0]') }},
        {{ json_text(column, path) }}
        {%- if keys | length == 1 %},
        {{ json_pair(column, keys[0]) }}
        {%- endif %}
    )
{%- endmacro %}

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

{# The instant that a JSON column holds at a path as seconds since 1970: json_epoch('status_transitions', '$.paid_at'). #}
{% macro json_epoch(column, path) -%}
    {{ epoch_seconds_to_timestamp(dbt.safe_cast(json_text(column, path), dbt.type_bigint())) }}
{%- endmacro %}

{#
    One row per item of a text that holds a list (a JSON array, or items separated by `;`), as something to join; the
    item is the column `item`. No row for null.

        from meetings cross join {{ list_items('meetings.contact_ids', 'contact_id') }}  -- contact_id
#}
{% macro list_items(column, item) -%}
    {{- adapter.dispatch('list_items')(column, item) -}}
{%- endmacro %}

{% macro default__list_items(column, item) -%}
    unnest(
        case
            when json_valid({{ column }}) and {{ column }} like '[%'
                then json_extract_string({{ column }}, '$[*]')
            else string_split({{ column }}, ';')
        end
    ) as items ({{ item }})
{%- endmacro %}

{% macro bigquery__list_items(column, item) -%}
    unnest(
        case
            when {{ column }} like '[%' then json_value_array({{ column }})
            else split({{ column }}, ';')
        end
    ) as {{ item }}
{%- endmacro %}

{# Columns of a relation as one JSON object, as text. #}
{% macro row_json(relation, columns) -%}
    {{- adapter.dispatch('row_json')(relation, columns) -}}
{%- endmacro %}

{% macro default__row_json(relation, columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}{{ column }} := {{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    )) as varchar)
{%- endmacro %}

{% macro bigquery__row_json(relation, columns) -%}
    to_json_string(struct(
        {%- for column in columns %}{{ relation }}.{{ column }} as {{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    ))
{%- endmacro %}
