{#
    Whether a play is turned on: `plays` of tenure.yaml names those that are, each with the day since when, if one is given.
    None is unless it is named.

    column: the expression that holds the play's name
#}
{% macro is_play_on(column) -%}
    {%- set names = var('plays', []) | map(attribute='play') | list -%}
    {%- if names -%} {{ column }} in ('{{ names | join("', '") }}') {%- else -%} false {%- endif -%}
{%- endmacro %}

{# The day since when a play is turned on; the start of the history unless one is given. #}
{% macro play_since(column) -%}
    {%- set dated = var('plays', []) | selectattr('since') | list -%}
    {%- if dated -%}
    case {{ column }}
        {%- for each in dated %}
        when '{{ each.play }}' then cast('{{ each.since }}' as date)
        {%- endfor %}
        else {{ history_start_date() }}
    end
    {%- else -%}
    {{ history_start_date() }}
    {%- endif -%}
{%- endmacro %}

{# Whether a list of words with `;` between them, null for any, has a word: {{ list_has('segments', 'segment') }}. #}
{% macro list_has(list, word) -%}
    ({{ list }} is null or {{ list }} = '' or strpos(';' || {{ list }} || ';', ';' || {{ word }} || ';') > 0)
{%- endmacro %}
