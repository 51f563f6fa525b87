{# A text without blanks around it; null when nothing is left. #}
{% macro clean_text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# An id that its connector gives as a number, as a text: 123.0 and 123.000000000 are 123. Null when empty. #}
{% macro id_text(column) -%}
    {{ clean_text("regexp_replace(" ~ column ~ ", '[.]0+$', '')") }}
{%- endmacro %}

{# The domain of a web address or an e-mail, in lower case and without `www.`: https://www.Acme.com/x -> acme.com #}
{% macro web_domain(address) -%}
    nullif(
        regexp_replace(
            regexp_replace(lower(trim({{ address }})), '^([a-z]+://)?([^@/]*@)?(www[.])?', ''),
            '[/:?#].*$',
            ''
        ),
        ''
    )
{%- endmacro %}

{# Whether a text is an address of the web, the only kind that a page may link to. #}
{% macro is_web_address(column) -%}
    (lower({{ column }}) like 'https://%' or lower({{ column }}) like 'http://%')
{%- endmacro %}
