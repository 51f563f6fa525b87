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
