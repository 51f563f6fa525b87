select
    source_name,
    stream,
    is_connected,
    row_count,
    rejected_count,
    last_synced_at,
    {{ local_date('last_synced_at') }} as last_synced_date
from {{ source('ops', 'streams') }}
