select
    source_name,
    kind,
    started_at,
    {{ local_date('started_at') }} as started_date,
    {{ local_date('ended_at') }} as ended_date,
    status,
    row_count,
    rejected_count,
    error_code
from {{ source('ops', 'syncs') }}
