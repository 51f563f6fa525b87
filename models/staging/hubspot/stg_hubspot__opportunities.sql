-- A deal of a pipeline whose name speaks of renewals is a renewal; what else is sold to a customer is an
-- expansion. The name is in another stream: hence the join.
with

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

pipelines as (
    select * from {{ ref('stg_hubspot__pipelines') }}
),

final as (
    select
        deals.id as opportunity_id,
        deals.account_id,
        {{ clean_text('deals.properties_contract_id') }} as contract_id,
        case
            when pipelines.label like '%renewal%' or lower(deals.properties_dealtype) like '%renewal%' then 'renewal'
            when lower(deals.properties_dealtype) in ('existingbusiness', 'expansion', 'upsell') then 'expansion'
        end as type,
        {{ clean_text('deals.properties_dealstage') }} as stage,
        deals.properties_amount as amount,
        {{ local_date('deals.properties_closedate') }} as close_date,
        deals.properties_hs_is_closed as is_closed,
        deals.properties_hs_is_closed_won as is_won,
        {{ clean_text('deals.properties_closed_lost_reason') }} as loss_reason,
        {{ forecast_call('deals.properties_hs_manual_forecast_category') }} as forecast_category,
        deals.{{ adapter.quote('createdAt') }} as created_at,
        deals.changed_at as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        deals.source_name,
        deals._airbyte_extracted_at,
        deals.is_archived as is_deleted
    from deals
    left join pipelines
        on
            deals.source_name = pipelines.source_name
            and deals.properties_pipeline = pipelines.pipeline_id
    where deals.account_id is not null or deals.is_archived
)

select * from final
