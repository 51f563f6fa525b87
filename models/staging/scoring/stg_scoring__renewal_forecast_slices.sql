select * from {{ source('scoring', 'renewal_forecast_slices') }}
