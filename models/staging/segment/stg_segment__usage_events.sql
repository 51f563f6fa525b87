-- One track call of somebody known, one event; `groupId` names the account, where the call has it. Both spellings are
-- read: that of the calls (camelCase) and that of Segment's warehouse tables (snake_case).
with

landed as (
    {{ raw_rows('segment', 'tracks', [
        ('userId', 'string'),
        ('user_id', 'string'),
        ('groupId', 'string', 'account_id'),
        ('context_group_id', 'string'),
        ('event', 'string'),
        ('event_text', 'string'),
        ('timestamp', 'timestamp'),
        ('receivedAt', 'timestamp'),
        ('received_at', 'timestamp'),
    ]) }}
),

final as (
    select
        coalesce(groupId, context_group_id) as account_id,
        coalesce(userId, user_id) as user_id,
        landed.{{ adapter.quote('timestamp') }} as event_at,
        coalesce(event_text, event) as feature,
        cast(null as {{ dbt.type_bigint() }}) as event_count,
        coalesce(receivedAt, received_at) as known_at,
        source_name,
        _airbyte_extracted_at
    from landed
    where coalesce(userId, user_id) is not null
)

select * from final
