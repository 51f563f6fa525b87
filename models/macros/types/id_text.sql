{# An id that its connector gives as a number, as a text: 123.0 and 123.000000000 are 123. Null when empty. #}
{% macro id_text(column) -%}
    {{ clean_text("regexp_replace(" ~ column ~ ", '[.]0+$', '')") }}
{%- endmacro %}
