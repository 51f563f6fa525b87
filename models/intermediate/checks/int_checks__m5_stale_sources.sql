-- Hours from the last sync of the stalest connected source to the as-of day, in whole days.
with

last_syncs as (

    select source_name, max(last_synced_date) as last_synced_date
    from {{ ref('stg_ops__streams') }}
    where is_connected
    group by source_name

)

select
    'M5' as check_id,
    24.0 * max(greatest({{ days_between('last_synced_date', as_of_date()) }}, 0)) as value,
    count(*) as n
from last_syncs
