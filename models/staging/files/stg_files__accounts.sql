with

landed as (
    {{ raw_rows('files', 'accounts', [
        ('account_id', 'string'),
        ('name', 'string'),
        ('owner_id', 'string'),
        ('owner_email', 'string'),
        ('parent_account_id', 'string'),
        ('created_at', 'timestamp'),
        ('industry', 'string'),
        ('region', 'string'),
        ('territory', 'string'),
        ('segment', 'string'),
        ('onboarded_at', 'timestamp'),
        ('is_acquired', 'boolean'),
        ('is_customer', 'boolean'),
        ('domain', 'string'),
        ('crm_url', 'string'),
        ('updated_at', 'timestamp'),
        ('known_at', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('name') }} as name,
        {{ clean_text('owner_id') }} as owner_id,
        {{ clean_text('owner_email') }} as owner_email,
        {{ clean_text('parent_account_id') }} as parent_account_id,
        created_at,
        {{ clean_text('industry') }} as industry,
        {{ clean_text('region') }} as region,
        {{ clean_text('territory') }} as territory,
        lower({{ clean_text('segment') }}) as segment,
        onboarded_at,
        is_acquired,
        -- a file lists customers, unless it says otherwise
        coalesce(is_customer, true) as is_customer,
        cast(null as {{ dbt.type_timestamp() }}) as customer_since,
        {{ web_domain('domain') }} as domain,
        {{ clean_text('crm_url') }} as crm_url,
        updated_at,
        known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
