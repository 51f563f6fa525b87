{#
    Whether a CRM says by a field that an account is a customer: the field's word as tenure.yaml maps it to yes or no
    (`values: {is_customer: {Live: yes}}`), else yes for true, `customer`, what begins with it (`Customer - Direct`), and
    HubSpot's `evangelist`; false for any other word and for none.
#}
{% macro is_customer(column) -%}
    {%- set word = mapped_value('is_customer', column) -%}
    coalesce({{ word }} in ('yes', 'true', 'y', '1', 'evangelist') or {{ word }} like 'customer%', false)
{%- endmacro %}

{#
    The address of an account's record in its CRM: the field that tenure.yaml maps, else the source's `record_url` with the
    record's id in the place of `{id}`; null without either.
#}
{% macro record_url(column, id) -%}
    {%- set urls = var('source_record_urls') -%}
    {%- if urls -%}
    coalesce(
        {{ clean_text(column) }},
        case source_name
            {%- for source, url in urls.items() %}
            when '{{ source }}' then replace('{{ dbt.escape_single_quotes(url) }}', '{id}', {{ clean_text(id) }})
            {%- endfor %}
        end
    )
    {%- else -%}
    {{ clean_text(column) }}
    {%- endif -%}
{%- endmacro %}
