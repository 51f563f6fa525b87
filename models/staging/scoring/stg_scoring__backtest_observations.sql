select * from {{ source('scoring', 'backtest_observations') }}
