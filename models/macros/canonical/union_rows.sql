{#
    The rows of the staging models that feed one canonical entity: the columns given by name, then what every staging
    model has (`known_at`, `source_name`, `_airbyte_extracted_at`), then `is_deleted`, which is true for a row that says
    no more than that the record was deleted. Rows of a customer that is no account are left out, and listed in
    marts.fct_unmatched_customers. Ids of Salesforce records have 18 characters, however they came (macro salesforce_id).
#}
{% macro union_rows(relations, columns) %}
    {%- set ids = [
        'account_id', 'parent_account_id', 'contract_id', 'previous_contract_id', 'contact_id', 'opportunity_id', 'user_id',
        'owner_id', 'renewal_owner_id', 'manager_id',
    ] %}
    {%- for relation in relations %}
    {%- set names_customers = staging_has(relation, 'customer_id') %}
    select
        {%- for column in columns + ['known_at', 'source_name', '_airbyte_extracted_at'] %}
        {%- if names_customers and column == 'account_id' %}
        identities.account_id,
        {%- elif column in ids and raw_tables_of('salesforce', 'Account') %}
        {{ salesforce_id('staged.' ~ column) }} as {{ column }},
        {%- else %}
        staged.{{ column }},
        {%- endif %}
        {%- endfor %}
        {{ 'coalesce(staged.is_deleted, false)' if staging_has(relation, 'is_deleted') else 'false' }}
        {{- ' or staged.left_out_reason is not null' if staging_has(relation, 'left_out_reason') }} as is_deleted
    from {{ relation }} as staged
    {%- if names_customers %}
    inner join {{ ref('int_accounts__identities') }} as identities
        on
            staged.source_name = identities.source_name
            and staged.customer_id = identities.customer_id
            and identities.account_id is not null
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}
