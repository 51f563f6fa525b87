{#
    The rows of the staging models that feed one canonical entity: the columns given by name, then what every staging
    model has (`known_at`, `source_name`, `_airbyte_extracted_at`).
#}
{% macro union_rows(relations, columns) %}
    {%- for relation in relations %}
    select
        {%- for column in columns + ['known_at', 'source_name', '_airbyte_extracted_at'] %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}
