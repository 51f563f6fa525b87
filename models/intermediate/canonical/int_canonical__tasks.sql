{% set columns = [
    'task_key', 'account_id', 'status', 'owner_id', 'completed_at', 'close_reason',
    'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('tasks'), columns) }}
),

{{ taken_rows('tasks', 'unioned') }},

placed as (
    select
        taken.*,
        coalesce(updated_at, completed_at) as event_at,
        case
            when completed_at < updated_at then completed_at
            else coalesce(updated_at, completed_at)
        end as first_at
    from taken
),

{{ version_intervals(
    'placed',
    key=['task_key'],
    earliest_date='coalesce(' ~ local_date('first_at') ~ ', ' ~ beginning_of_time() ~ ')',
    is_held=true,
) }},

final as (
    select
        task_key,
        known_date,
        known_until_date,
        account_id,
        owner_id,
        status,
        close_reason,
        {{ local_date('event_at') }} as event_date,
        {{ local_date('completed_at') }} as completed_date,
        event_at,
        completed_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
