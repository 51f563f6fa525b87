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

{# A text with each match of a pattern (RE2, without backslashes) replaced. #}
{% macro replaced_all(text, pattern, replacement) -%}
    {{- adapter.dispatch('replaced_all')(text, pattern, replacement) -}}
{%- endmacro %}

{% macro default__replaced_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', {{ replacement }}, 'g')
{%- endmacro %}

{% macro bigquery__replaced_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', {{ replacement }})
{%- endmacro %}

{#
    What an HTML text says: a line for each paragraph, item, row and break, without marks, and with the commonest entities
    as characters: <p>Budget &amp; plan</p><p>agreed</p> -> Budget & plan, and agreed on a line of its own. Null when
    nothing is left.
#}
{% macro text_of_html(column) -%}
    {%- set spaced = replaced_all("replace(" ~ column ~ ", '&nbsp;', ' ')", '[[:space:]]+', "' '") -%}
    {%- set lines = replaced_all(spaced, '(?i)( *</?(br|p|li|div|h[1-6]|tr|td)(/| [^>]*)?> *)+', 'chr(10)') -%}
    {%- set marked = replaced_all(lines, '<[^>]*>', "''") -%}
    {%- set characters = namespace(text=marked) -%}
    {%- for entity, character in {
        '&lt;': "'<'", '&gt;': "'>'", '&quot;': "'\"'", '&#39;': 'chr(39)', '&amp;': "'&'",
    }.items() -%}
        {%- set characters.text = "replace(" ~ characters.text ~ ", '" ~ entity ~ "', " ~ character ~ ")" -%}
    {%- endfor -%}
    nullif({{ replaced_all(characters.text, '^[[:space:]]+|[[:space:]]+$', "''") }}, '')
{%- endmacro %}

{# Words as they are compared: lower case, `_` and `-` as a space, none around them. #}
{% macro plain_words(column) -%}
    trim(replace(replace(lower({{ column }}), '_', ' '), '-', ' '))
{%- endmacro %}
