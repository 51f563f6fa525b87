select * from {{ source('scoring', 'score_changes') }}
