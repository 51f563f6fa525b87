-- A view, so that a trial shows as soon as it is kept.
{{ config(materialized='view') }}
select * from {{ ref('stg_scoring__threshold_log') }}
