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
