-- Zendesk keeps no instant of escalation; it is that of the first version with the tag `escalated`. A ticket that
-- was merged into another is closed by Zendesk with a tag of its own, and none from then on.
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
        cast(id as {{ dbt.type_string() }}) as ticket_id,
        cast(organization_id as {{ dbt.type_string() }}) as customer_id,
        created_at,
        case
            when status in ('solved', 'closed') then coalesce(solved_at, updated_at)
        end as solved_at,
        escalated_at,
        cast(null as {{ dbt.type_timestamp() }}) as merged_at,
        priority,
        case {{ json_text('satisfaction_rating', '$.score') }}
            when 'good' then 5
            when 'bad' then 1
        end as csat,
        updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(status, 'open') = 'deleted' or {{ is_merged_ticket('tags') }} as is_deleted
    from versions
)

select * from final
