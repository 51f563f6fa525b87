select * from {{ ref('stg_scoring__score_changes') }}
