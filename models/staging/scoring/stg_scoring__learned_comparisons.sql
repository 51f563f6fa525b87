select * from {{ source('scoring', 'learned_comparisons') }}
