-- One row per account and day in scope, by the model version in force: of days that versions share, its row alone.
{{ config(materialized='view') }}

select *
from {{ ref('fct_account_health_daily') }}
where model_version = {{ model_version() }}
