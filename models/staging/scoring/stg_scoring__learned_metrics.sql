select * from {{ source('scoring', 'learned_metrics') }}
