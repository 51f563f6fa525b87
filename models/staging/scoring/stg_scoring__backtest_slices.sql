select * from {{ source('scoring', 'backtest_slices') }}
