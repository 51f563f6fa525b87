select * from {{ ref('stg_scoring__learned_models') }}
