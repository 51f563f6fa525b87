-- A deal that was won is a contract when it says when its term begins, or ends. As with Salesforce, an end, and a
-- date of cancellation, is the last day. A deal that is won no more is a contract no more. Without a property for
-- ARR, and without HubSpot's own, it is the deal's amount, brought to a year by the term's whole months; by its days
-- when there is none. Without an end, or with a placeholder for one, the amount is taken for a year's.
-- depends_on: {{ ref('record_rules') }}
with

deals as (
    select
        deals.*,
        properties_contract_start_date as term_start_date,
        {{ end_of_last_day('properties_contract_end_date') }} as term_end_date,
        properties_amount as amount
    from {{ ref('stg_hubspot__deals') }} as deals
    where
        properties_hs_is_closed_won
        or is_archived
        or properties_contract_start_date is not null
        or properties_contract_end_date is not null
),

{{ yearly_amounts('deals') }},

final as (
    select
        id as contract_id,
        account_id,
        term_start_date,
        term_end_date,
        coalesce(properties_hs_arr, properties_hs_acv, yearly_amount) as arr,
        upper({{ clean_text('properties_deal_currency_code') }}) as currency_code,
        properties_seats as seats,
        {{ clean_text('properties_product') }} as product,
        properties_auto_renew as auto_renew,
        properties_notice_days as notice_days,
        {{ clean_text('properties_renewal_owner') }} as renewal_owner_id,
        {{ clean_text('properties_previous_contract_id') }} as previous_contract_id,
        properties_cancelled_at as cancelled_at,
        {{ end_of_last_day('properties_cancel_effective_date') }} as cancel_effective_date,
        {{ clean_text('properties_cancel_reason') }} as cancel_reason,
        changed_at as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        case
            when properties_contract_start_date is null and properties_contract_end_date is null then 'no_term'
        end as left_out_reason,
        is_archived or not coalesce(properties_hs_is_closed_won, false) as is_deleted
    from priced
)

select * from final
