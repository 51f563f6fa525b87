-- What landed of usage since the history was last built, or all of it (usage_appended says of which sources what). One
-- row per source, account and period in which something became known (event_date null); one per source and day of the
-- events; one per source of which only the new rows were read (is_appended).
{%- set appended = usage_appended() %}
with

usage_events as (
    select
        source_name,
        coalesce(account_id, '') as account_id,
        event_date,
        greatest(event_date, known_date) as known_date,
        event_count,
        case when known_date <= {{ date_add_days('event_date', source_delay_days()) }} then 1 else 0 end
            as in_time_count,
        {{ row_fingerprint(['user_id', 'feature', 'event_at', 'event_count', 'source_name']) }} as fingerprint,
        coalesce(is_copy, false) as is_copy,
        _airbyte_extracted_at
    from {{ ref('int_canonical__usage_events') }}
    {%- for load in appended %}
    {{ 'where' if loop.first else 'and' }}
        (
            source_name <> '{{ load.source_name }}'
            or _airbyte_extracted_at > cast('{{ load.loaded_at }}' as {{ dbt.type_timestamp() }})
        )
    {%- endfor %}
),

dated as (
    select
        usage_events.*,
        {{ history_input_period('greatest(known_date, ' ~ history_start_date() ~ ')') }} as period_date
    from usage_events
),

periods as (
    select
        source_name,
        account_id,
        period_date,
        cast(null as date) as event_date,
        false as is_appended,
        count(*) as row_count,
        cast(sum(event_count) as {{ dbt.type_bigint() }}) as event_count,
        sum(in_time_count) as in_time_count,
        cast(sum(fingerprint) as {{ dbt.type_bigint() }}) as fingerprint,
        min(known_date) as first_known_date,
        max(_airbyte_extracted_at) as loaded_at
    from dated
    group by source_name, account_id, period_date
),

event_days as (
    select
        source_name,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as date) as period_date,
        event_date,
        false as is_appended,
        count(*) as row_count,
        cast(sum(event_count) as {{ dbt.type_bigint() }}) as event_count,
        sum(in_time_count) as in_time_count,
        cast(null as {{ dbt.type_bigint() }}) as fingerprint,
        min(known_date) as first_known_date,
        max(_airbyte_extracted_at) as loaded_at
    from usage_events
    -- What is an account's because another was merged into it came once. Events of nobody's account may come and go.
    where event_date is not null and not is_copy and account_id <> ''
    group by source_name, event_date
),

unioned as (
    select * from periods
    union all
    select * from event_days
    {%- for load in appended %}
    union all
    select
        '{{ load.source_name }}',
        cast(null as {{ dbt.type_string() }}),
        cast(null as date),
        cast(null as date),
        true,
        0,
        0,
        0,
        cast(null as {{ dbt.type_bigint() }}),
        cast(null as date),
        cast(null as {{ dbt.type_timestamp() }})
    {%- endfor %}
),

final as (
    select
        source_name,
        account_id,
        period_date,
        event_date,
        row_count,
        event_count,
        in_time_count,
        fingerprint,
        first_known_date,
        {{ usage_definitions() }} as definition,
        is_appended,
        loaded_at,
        {{ as_of_date() }} as as_of_date,
        '{{ invocation_id }}' as loaded_by
    from unioned
)

select * from final
