select * from {{ source('scoring', 'threshold_log') }}
