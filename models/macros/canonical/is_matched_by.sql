{#
    Whether the customers of the row's source are matched to accounts by a key, `account_id` or `domain`: as tenure.yaml
    says (`match_by`), else by `account_id` alone.
#}
{% macro is_matched_by(key) -%}
    {%- set by_default = key == 'account_id' -%}
    {%- set exceptions = [] -%}
    {%- for source, keys in var('source_match_by').items() if (key in keys) != by_default -%}
        {%- do exceptions.append(source) -%}
    {%- endfor -%}
    source_name {{ 'not ' if by_default }}in ('{{ exceptions | join("', '") }}')
{%- endmacro %}
