select * from {{ ref('stg_scoring__backtest_signal_outcomes') }}
