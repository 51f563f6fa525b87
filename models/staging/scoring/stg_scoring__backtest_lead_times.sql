select * from {{ source('scoring', 'backtest_lead_times') }}
