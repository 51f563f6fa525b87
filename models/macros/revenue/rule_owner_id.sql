{# The owner by the first rule of owner_rules (tenure.yaml) that fits an account's territory and segment, else null. #}
{% macro rule_owner_id(territory, segment) -%}
    case
        {%- for rule in var('owner_rules') %}
        when
            true
            {%- if rule.get('territory') %}
            and {{ territory }} = '{{ rule.territory | replace("'", "''") }}'
            {%- endif %}
            {%- if rule.get('segment') %}
            and {{ segment }} = '{{ rule.segment | replace("'", "''") }}'
            {%- endif %}
            then '{{ rule.owner_id | replace("'", "''") }}'
        {%- endfor %}
        when false then cast(null as {{ dbt.type_string() }})
    end
{%- endmacro %}
