{# Words as they are compared: lower case, `_` and `-` as a space, none around them. #}
{% macro plain_words(column) -%}
    trim(replace(replace(lower({{ column }}), '_', ' '), '-', ' '))
{%- endmacro %}
