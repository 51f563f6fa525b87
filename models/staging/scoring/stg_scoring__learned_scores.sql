select * from {{ source('scoring', 'learned_scores') }}
