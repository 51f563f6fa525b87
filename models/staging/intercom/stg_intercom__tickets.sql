-- A conversation that a customer began is a ticket; what we began, by hand or by campaign, is none. It names a
-- contact, and the contact a company: hence the join. Intercom keeps no instant of escalation; it is that of
-- the tag `escalated`, else of the first version that has it. One that was merged into another is none from then on.
with

landed as (
    {{ raw_rows('intercom', 'conversations', [
        ('id', 'string'),
        ('source', 'json'),
        ('contacts', 'json'),
        ('state', 'string'),
        ('priority', 'string'),
        ('statistics', 'json'),
        ('conversation_rating', 'json'),
        ('tags', 'json'),
        ('created_at', 'integer'),
        ('updated_at', 'integer'),
    ]) }}
),

contacts as (
    select * from {{ ref('stg_intercom__contacts') }}
),

conversations as (
    select *
    from landed
    where coalesce({{ json_text('source', '$.delivered_as') }}, 'customer_initiated') = 'customer_initiated'
),

tag_instants as (
    select
        conversations._airbyte_raw_id,
        min({{ dbt.safe_cast(json_text('tag', '$.applied_at'), dbt.type_bigint()) }}) as applied_at
    from conversations
    cross join {{ json_items('conversations.tags', '$.tags', 'tag') }}
    where lower({{ json_text('tag', '$.name') }}) = 'escalated'
    group by conversations._airbyte_raw_id
),

versions as (
    select
        conversations.*,
        min(
            case
                when tag_instants._airbyte_raw_id is not null
                    then coalesce(tag_instants.applied_at, conversations.updated_at)
            end
        ) over (
            partition by conversations.source_name, conversations.id
            order by conversations.updated_at
            rows between unbounded preceding and current row
        ) as escalated_at
    from conversations
    left join tag_instants
        on conversations._airbyte_raw_id = tag_instants._airbyte_raw_id
),

numbered as (
    select
        versions.*,
        row_number() over (partition by source_name, id order by updated_at) as version_number
    from versions
),

-- the first version stands for the conversation from its beginning, so that its rating is known no sooner than given
placed as (
    select
        numbered.*,
        created_at as version_at,
        false as is_rated,
        false as is_merged
    from numbered
    where version_number = 1
    union all
    select
        numbered.*,
        case
            when version_number = 1
                then coalesce(
                    {{ dbt.safe_cast(json_text('conversation_rating', '$.created_at'), dbt.type_bigint()) }}, updated_at
                )
            else updated_at
        end as version_at,
        true as is_rated,
        {{ is_merged_ticket('tags') }} as is_merged
    from numbered
),

final as (
    select
        placed.id as ticket_id,
        contacts.customer_id,
        {{ epoch_seconds_to_timestamp('placed.created_at') }} as created_at,
        case
            when placed.state = 'closed'
                then coalesce(
                    {{ json_epoch('placed.statistics', '$.last_close_at') }},
                    {{ epoch_seconds_to_timestamp('placed.updated_at') }}
                )
        end as solved_at,
        {{ epoch_seconds_to_timestamp('placed.escalated_at') }} as escalated_at,
        cast(null as {{ dbt.type_timestamp() }}) as merged_at,
        case placed.priority when 'priority' then 'high' when 'not_priority' then 'normal' end as priority,
        case
            when placed.is_rated
                then {{ dbt.safe_cast(json_text('placed.conversation_rating', '$.rating'), dbt.type_float()) }}
        end as csat,
        {{ epoch_seconds_to_timestamp('placed.version_at') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        placed.source_name,
        placed._airbyte_extracted_at,
        placed.is_merged as is_deleted
    from placed
    left join contacts
        on
            placed.source_name = contacts.source_name
            and {{ json_text('placed.contacts', '$.contacts[0].id') }} = contacts.contact_id
)

select * from final
