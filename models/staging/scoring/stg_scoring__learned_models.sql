select * from {{ source('scoring', 'learned_models') }}
