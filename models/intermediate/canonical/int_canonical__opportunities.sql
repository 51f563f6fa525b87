{% set columns = [
    'opportunity_id', 'account_id', 'contract_id', 'type', 'stage', 'amount',
    'close_date', 'is_closed', 'is_won', 'loss_reason', 'forecast_category', 'created_at', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('opportunities'), columns) }}
),

{{ taken_rows('opportunities', 'unioned') }},

{{ version_intervals('taken', key=['opportunity_id'], is_held=true) }},

final as (
    select
        opportunity_id,
        known_date,
        known_until_date,
        dated_from_date,
        account_id,
        contract_id,
        type,
        stage,
        loss_reason,
        forecast_category,
        amount,
        close_date,
        {{ local_date('created_at') }} as created_date,
        coalesce(is_closed, false) as is_closed,
        coalesce(is_won, false) as is_won,
        created_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
