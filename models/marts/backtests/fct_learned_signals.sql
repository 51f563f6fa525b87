select * from {{ ref('stg_scoring__learned_signals') }}
