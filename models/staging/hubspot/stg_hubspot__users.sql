-- Owners are the users that may own a company or a deal; those archived are in a stream of their own. HubSpot gives
-- them no role. As with Salesforce, the first version stands for all days before it.
with

landed as (
    {%- for stream in ['owners', 'owners_archived'] %}
    select * from (
        {{ raw_rows('hubspot', stream, [
            ('id', 'string'),
            ('email', 'string'),
            ('firstName', 'string'),
            ('lastName', 'string'),
            ('updatedAt', 'timestamp'),
            ('archived', 'boolean'),
        ]) }}
    ) as {{ stream }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

numbered as (
    select
        landed.*,
        {{ adapter.quote('firstName') }} as given_name,
        {{ adapter.quote('lastName') }} as family_name,
        row_number() over (
            partition by source_name, id
            order by {{ adapter.quote('updatedAt') }}, coalesce(archived, false), _airbyte_extracted_at
        ) as version_number
    from landed
),

final as (
    select
        id as user_id,
        {{ clean_text('email') }} as email,
        {{ clean_text("concat(coalesce(given_name, ''), ' ', coalesce(family_name, ''))") }} as name,
        cast(null as {{ dbt.type_string() }}) as role,
        cast(null as {{ dbt.type_string() }}) as manager_id,
        not coalesce(archived, false) as is_active,
        case when version_number > 1 then {{ adapter.quote('updatedAt') }} end as known_at,
        source_name,
        _airbyte_extracted_at
    from numbered
)

select * from final
