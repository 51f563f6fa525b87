-- A note of a company, without the marks of its HTML. The first company listed is the account, the first deal the
-- opportunity. HubSpot's connector tells nothing of notes that were archived.
with

landed as (
    {{ raw_rows('hubspot', 'engagements_notes', [
        ('id', 'string'),
        ('createdAt', 'timestamp'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('companies', 'json'),
        ('deals', 'json'),
        ('properties_hs_note_body', 'string'),
        ('properties_hs_timestamp', 'timestamp'),
        ('properties_hubspot_owner_id', 'string'),
    ]) }}
),

read as (
    select
        landed.*,
        {{ json_text('companies', '$[0]') }} as account_id,
        {{ json_text('deals', '$[0]') }} as opportunity_id,
        {{ text_of_html('properties_hs_note_body') }} as text
    from landed
),

final as (
    select
        id as note_id,
        account_id,
        text,
        {{ clean_text('properties_hubspot_owner_id') }} as author,
        coalesce(properties_hs_timestamp, {{ adapter.quote('createdAt') }}) as made_at,
        opportunity_id,
        {{ adapter.quote('updatedAt') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(archived, false) as is_deleted
    from read
    where account_id is not null and text is not null
)

select * from final
