select * from {{ source('scoring', 'backtest_signals') }}
