-- A company that was merged into another ends there; which one that is says stg_hubspot__merges.
with

landed as (
    {{ raw_rows('hubspot', 'companies', [
        ('id', 'string'),
        ('createdAt', 'timestamp'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('properties_name', 'string'),
        ('properties_domain', 'string', 'domain'),
        ('properties_hubspot_owner_id', 'string'),
        ('properties_hs_parent_company_id', 'string'),
        ('properties_industry', 'string'),
        ('properties_region', 'string', 'region'),
        ('properties_territory', 'string', 'territory'),
        ('properties_segment', 'string', 'segment'),
        ('properties_onboarded_at', 'timestamp', 'onboarded_at'),
        ('properties_is_acquired', 'boolean', 'is_acquired'),
        ('properties_lifecyclestage', 'string', 'is_customer'),
        ('properties_hs_lifecyclestage_customer_date', 'timestamp', 'customer_since'),
        ('properties_hs_v2_date_entered_customer', 'timestamp'),
        ('properties_record_url', 'string', 'crm_url'),
        ('properties_hs_merged_object_ids', 'string'),
    ]) }}
),

{{ hubspot_versions('landed', changed_at=adapter.quote('updatedAt')) }},

final as (
    select
        id as account_id,
        {{ clean_text('properties_name') }} as name,
        {{ clean_text('properties_hubspot_owner_id') }} as owner_id,
        cast(null as {{ dbt.type_string() }}) as owner_email,
        {{ id_text('properties_hs_parent_company_id') }} as parent_account_id,
        {{ adapter.quote('createdAt') }} as created_at,
        {{ clean_text('properties_industry') }} as industry,
        {{ clean_text('properties_region') }} as region,
        {{ clean_text('properties_territory') }} as territory,
        lower({{ clean_text('properties_segment') }}) as segment,
        properties_onboarded_at as onboarded_at,
        properties_is_acquired as is_acquired,
        {{ is_customer('properties_lifecyclestage') }} as is_customer,
        coalesce(
            properties_hs_lifecyclestage_customer_date, properties_hs_v2_date_entered_customer, changed_at
        ) as customer_since,
        {{ record_url('properties_record_url', 'id') }} as crm_url,
        {{ web_domain('properties_domain') }} as domain,
        changed_at as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        is_archived as is_deleted
    from versions
)

select * from final
