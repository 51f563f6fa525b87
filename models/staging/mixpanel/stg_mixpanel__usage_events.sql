-- One event of somebody known; the account, where the event has it, is its property `account_id`, or what tenure.yaml
-- maps (a group key holds a list, whose first item counts). What Mixpanel writes to join identities is no usage.
with

landed as (
    {{ raw_rows('mixpanel', 'export', [
        ('account_id', 'string', 'account_id'),
        ('user_id', 'string'),
        ('distinct_id', 'string'),
        ('event', 'string'),
        ('time', 'timestamp'),
        ('mp_processing_time_ms', 'integer'),
    ]) }}
),

read as (
    select
        landed.*,
        {{ clean_text(
            "regexp_replace(regexp_replace(account_id, '^[[]\"?', ''), '\"?(,.*)?[]]$', '')"
        ) }} as account_key,
        coalesce({{ clean_text('user_id') }}, {{ clean_text('distinct_id') }}) as user_key
    from landed
),

final as (
    select
        account_key as account_id,
        user_key as user_id,
        read.{{ adapter.quote('time') }} as event_at,
        event as feature,
        cast(null as {{ dbt.type_bigint() }}) as event_count,
        {{ epoch_seconds_to_timestamp(
            dbt.safe_cast('floor(mp_processing_time_ms / 1000)', dbt.type_bigint())
        ) }} as known_at,
        source_name,
        _airbyte_extracted_at
    from read
    where
        user_key is not null
        and user_key not like '$device:%'
        and event not in ('$identify', '$create_alias', '$merge')
)

select * from final
