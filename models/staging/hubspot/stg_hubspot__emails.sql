-- HubSpot logs each mail by itself; a reply is the first mail from them later in the thread. Mail that was not
-- sent, and mail that was forwarded into HubSpot, whose direction nobody knows, are left out.
with

landed as (
    {{ raw_rows('hubspot', 'engagements_emails', [
        ('id', 'string'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('companies', 'json'),
        ('contacts', 'json'),
        ('properties_hs_timestamp', 'timestamp'),
        ('properties_hs_email_direction', 'string'),
        ('properties_hs_email_status', 'string'),
        ('properties_hs_email_thread_id', 'string'),
    ]) }}
),

read as (
    select
        landed.*,
        {{ json_text('companies', '$[0]') }} as account_id,
        case upper(properties_hs_email_direction)
            when 'EMAIL' then 'out'
            when 'INCOMING_EMAIL' then 'in'
        end as direction
    from landed
),

threads as (
    select
        read.*,
        min(
            case when direction = 'in' and not coalesce(archived, false) then properties_hs_timestamp end
        ) over (
            partition by source_name, properties_hs_email_thread_id
            order by properties_hs_timestamp
            rows between 1 following and unbounded following
        ) as next_in_at
    from read
),

final as (
    select
        id as email_id,
        account_id,
        {{ json_text('contacts', '$[0]') }} as contact_id,
        properties_hs_timestamp as sent_at,
        direction,
        case when direction = 'out' and properties_hs_email_thread_id is not null then next_in_at end as replied_at,
        {{ adapter.quote('updatedAt') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(archived, false) as is_deleted
    from threads
    where
        account_id is not null
        and direction is not null
        and properties_hs_timestamp is not null
        and coalesce(upper(properties_hs_email_status), 'SENT') = 'SENT'
)

select * from final
