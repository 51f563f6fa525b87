-- Points by which the decisive accuracy of the version in force is below what was published of it first.
select
    'Q11' as check_id,
    100.0 * max(launch_value - value) as value,
    coalesce(max(n), 0) as n
from {{ ref('stg_scoring__backtest_metrics') }}
where
    unit = 'renewal'
    and horizon_days = 90
    and segment = 'all'
    and metric = 'decisive_accuracy'
    and model_version = {{ model_version() }}
