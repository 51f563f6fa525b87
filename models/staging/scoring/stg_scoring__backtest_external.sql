select * from {{ source('scoring', 'backtest_external') }}
