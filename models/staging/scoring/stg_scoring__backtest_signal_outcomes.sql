select * from {{ source('scoring', 'backtest_signal_outcomes') }}
