select * from {{ source('scoring', 'learned_points') }}
