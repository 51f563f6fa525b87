-- A rating comes after the ticket's last change, in a stream of its own: it makes one more version, from its
-- own instant. Freshdesk says that a ticket is escalated, not since when; it is since the first version that
-- says so. Spam is no ticket, and one that was merged into another is none from then on.
with

landed as (
    {{ raw_rows('freshdesk', 'tickets', [
        ('id', 'integer'),
        ('company_id', 'integer'),
        ('status', 'integer'),
        ('priority', 'integer'),
        ('is_escalated', 'boolean'),
        ('spam', 'boolean'),
        ('deleted', 'boolean'),
        ('tags', 'json'),
        ('stats', 'json'),
        ('created_at', 'timestamp'),
        ('updated_at', 'timestamp'),
    ]) }}
),

ratings as (
    select * from {{ ref('stg_freshdesk__ratings') }}
    where csat is not null
),

versions as (
    select
        landed.*,
        min(
            case
                when is_escalated or lower({{ json_as_text('tags') }}) like '%"escalated"%' then updated_at
            end
        ) over (
            partition by source_name, id
            order by updated_at
            rows between unbounded preceding and current row
        ) as escalated_at,
        row_number() over (partition by source_name, id order by updated_at) as version_number
    from landed
),

-- the first version stands for the ticket from its creation, so that what was rated since is known no sooner
placed as (
    select
        versions.*,
        case when version_number = 1 then least(created_at, updated_at) else updated_at end as version_at
    from versions
),

followed as (
    select
        placed.*,
        lead(version_at) over (partition by source_name, id order by version_number) as next_version_at
    from placed
),

-- each version knows the last rating before it; each rating makes a version of the one that it meets
rated as (
    select
        followed.*,
        ratings.csat,
        followed.version_at as rated_version_at,
        row_number() over (
            partition by followed._airbyte_raw_id
            order by ratings.rated_at desc nulls last
        ) as rating_number
    from followed
    left join ratings
        on
            followed.source_name = ratings.source_name
            and followed.id = ratings.ticket_id
            and followed.version_at >= ratings.rated_at
    union all
    select
        followed.*,
        ratings.csat,
        ratings.rated_at as rated_version_at,
        1 as rating_number
    from followed
    inner join ratings
        on
            followed.source_name = ratings.source_name
            and followed.id = ratings.ticket_id
            and followed.version_at < ratings.rated_at
            and (followed.next_version_at is null or followed.next_version_at > ratings.rated_at)
),

final as (
    select
        cast(id as {{ dbt.type_string() }}) as ticket_id,
        cast(company_id as {{ dbt.type_string() }}) as customer_id,
        created_at,
        case
            when status in (4, 5)
                then coalesce(
                    {{ dbt.safe_cast(json_text('stats', '$.resolved_at'), dbt.type_timestamp()) }},
                    {{ dbt.safe_cast(json_text('stats', '$.closed_at'), dbt.type_timestamp()) }},
                    updated_at
                )
        end as solved_at,
        escalated_at,
        cast(null as {{ dbt.type_timestamp() }}) as merged_at,
        case priority when 1 then 'low' when 2 then 'normal' when 3 then 'high' when 4 then 'urgent' end as priority,
        csat,
        rated_version_at as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        coalesce(deleted, false) or coalesce(spam, false) or {{ is_merged_ticket('tags') }} as is_deleted
    from rated
    where rating_number = 1
)

select * from final
