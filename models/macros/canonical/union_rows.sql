{#
    The rows of the staging models that feed one canonical entity: the columns given by name, then what every staging
    model has (`known_at`, `source_name`, `_airbyte_extracted_at`), then `is_deleted`, which is true for a row that says
    no more than that the record was deleted.
#}
{% macro union_rows(relations, columns) %}
    {%- for relation in relations %}
    select
        {%- for column in columns + ['known_at', 'source_name', '_airbyte_extracted_at'] %}
        {{ column }},
        {%- endfor %}
        {{ 'coalesce(is_deleted, false)' if says_deletions(relation) else 'false' }} as is_deleted
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}
