-- One event of somebody known; the account, where the event has it, is its group `account`, or what tenure.yaml maps.
-- What Amplitude writes when it is told of users and groups is no usage.
with

landed as (
    {{ raw_rows('amplitude', 'events', [
        ('groups.account', 'string', 'account_id'),
        ('user_id', 'string'),
        ('event_type', 'string'),
        ('event_time', 'timestamp'),
        ('server_received_time', 'timestamp'),
        ('server_upload_time', 'timestamp'),
    ]) }}
),

final as (
    select
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('user_id') }} as user_id,
        event_time as event_at,
        event_type as feature,
        cast(null as {{ dbt.type_bigint() }}) as event_count,
        coalesce(server_received_time, server_upload_time) as known_at,
        source_name,
        _airbyte_extracted_at
    from landed
    where
        {{ clean_text('user_id') }} is not null
        and event_type not in ('$identify', '$groupidentify', '$identify_group')
)

select * from final
