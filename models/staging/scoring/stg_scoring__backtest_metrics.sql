select * from {{ source('scoring', 'backtest_metrics') }}
