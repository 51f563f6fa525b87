{#
    Whether the row's source is one whose subscriptions are contracts (`contracts: true` in tenure.yaml). A contract in the
    CRM and its subscription in billing are one promise: both would count its ARR twice.
#}
{% macro is_contract_source() -%}
    source_name in ('{{ var("contract_sources") | join("', '") }}')
{%- endmacro %}
