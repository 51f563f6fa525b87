-- A contact belongs to its primary company. Who sponsors and who champions is HubSpot's buying role, unless
-- properties of their own are mapped. One that was merged into another ends there.
with

landed as (
    {{ raw_rows('hubspot', 'contacts', [
        ('id', 'string'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('companies', 'json'),
        ('properties_associatedcompanyid', 'string'),
        ('properties_email', 'string'),
        ('properties_firstname', 'string'),
        ('properties_lastname', 'string'),
        ('properties_jobtitle', 'string'),
        ('properties_hs_buying_role', 'string'),
        ('properties_is_exec_sponsor', 'boolean', 'is_exec_sponsor'),
        ('properties_is_champion', 'boolean', 'is_champion'),
        ('properties_has_consent', 'boolean', 'has_consent'),
        ('properties_left_at', 'timestamp', 'left_at'),
        ('properties_hs_merged_object_ids', 'string'),
    ]) }}
),

placed as (
    select
        landed.*,
        coalesce(
            {{ id_text('properties_associatedcompanyid') }},
            {{ json_text('companies', '$[0]') }}
        ) as account_id
    from landed
),

{{ hubspot_versions('placed', changed_at=adapter.quote('updatedAt')) }},

final as (
    select
        id as contact_id,
        account_id,
        {{ clean_text('properties_email') }} as email,
        nullif(trim({{ dbt.concat([
            "coalesce(properties_firstname, '')", "' '", "coalesce(properties_lastname, '')",
        ]) }}), '') as name,
        {{ clean_text('properties_jobtitle') }} as title,
        lower(replace({{ clean_text('properties_hs_buying_role') }}, ';', ', ')) as role,
        coalesce(
            properties_is_exec_sponsor, upper(properties_hs_buying_role) like '%EXECUTIVE_SPONSOR%'
        ) as is_exec_sponsor,
        coalesce(properties_is_champion, upper(properties_hs_buying_role) like '%CHAMPION%') as is_champion,
        properties_has_consent as has_consent,
        properties_left_at as left_at,
        changed_at as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        is_archived as is_deleted
    from versions
    where account_id is not null
)

select * from final
