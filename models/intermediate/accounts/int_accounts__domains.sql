-- One row per web domain and account that has it, by the account's last version.
with

crm_accounts as (
    {%- for model in ['stg_salesforce__accounts', 'stg_hubspot__accounts'] %}
    select
        account_id,
        domain,
        updated_at,
        _airbyte_extracted_at,
        is_deleted
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

numbered as (
    select
        crm_accounts.*,
        row_number() over (
            partition by account_id
            order by is_deleted asc, updated_at desc nulls last, _airbyte_extracted_at desc nulls last
        ) as version_number
    from crm_accounts
),

final as (
    select
        domain,
        account_id
    from numbered
    where version_number = 1 and domain is not null
)

select * from final
