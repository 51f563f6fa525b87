select * from {{ source('scoring', 'learned_signals') }}
