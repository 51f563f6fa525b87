select * from {{ ref('stg_scoring__forecast_calls') }}
