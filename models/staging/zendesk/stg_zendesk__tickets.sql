-- A ticket names its organization, and the organization its account: hence the join. Zendesk keeps
-- no instant of escalation; it is that of the first version with the tag `escalated`.
with

landed as (
    {{ raw_rows('zendesk', 'tickets', [
        ('id', 'integer'),
        ('organization_id', 'integer'),
        ('created_at', 'timestamp'),
        ('updated_at', 'timestamp'),
        ('solved_at', 'timestamp'),
        ('status', 'string'),
        ('priority', 'string'),
        ('tags', 'json'),
        ('satisfaction_rating', 'json'),
    ]) }}
),

organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
),

versions as (
    select
        landed.*,
        min(
            case
                when {{ json_as_text('tags') }} like '%"escalated"%' then updated_at
            end
        ) over (
            partition by source_name, id
            order by updated_at
            rows between unbounded preceding and current row
        ) as escalated_at
    from landed
),

final as (
    select
        cast(versions.id as {{ dbt.type_string() }}) as ticket_id,
        organizations.account_id,
        versions.created_at,
        case
            when versions.status in ('solved', 'closed')
                then coalesce(versions.solved_at, versions.updated_at)
        end as solved_at,
        versions.escalated_at,
        versions.priority,
        case {{ json_text('versions.satisfaction_rating', '$.score') }}
            when 'good' then 5
            when 'bad' then 1
        end as csat,
        versions.updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        versions.source_name,
        versions._airbyte_extracted_at,
        coalesce(versions.status, 'open') = 'deleted' as is_deleted
    from versions
    inner join organizations
        on
            versions.source_name = organizations.source_name
            and versions.organization_id = organizations.organization_id
    where organizations.account_id is not null
)

select * from final
