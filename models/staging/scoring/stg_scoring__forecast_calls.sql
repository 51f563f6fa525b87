select * from {{ source('scoring', 'forecast_calls') }}
