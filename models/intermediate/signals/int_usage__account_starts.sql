-- One row per account that a usage source knows: the day from which the first of them does.
{{ config(materialized='view') }}

with

account_sources as (
    select * from {{ ref('int_usage__account_sources') }}
),

final as (
    select
        account_id,
        min(known_from_date) as known_from_date
    from account_sources
    group by account_id
)

select * from final
