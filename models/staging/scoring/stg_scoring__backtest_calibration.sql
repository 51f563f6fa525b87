select * from {{ source('scoring', 'backtest_calibration') }}
