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
