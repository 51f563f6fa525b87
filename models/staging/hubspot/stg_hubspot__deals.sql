-- Deals, and those archived, which are in a stream of their own, without their companies. The first company listed is
-- the account. A deal that was merged into another ends there.
with

landed as (
    {%- for stream in ['deals', 'deals_archived'] %}
    select * from (
        {{ raw_rows('hubspot', stream, [
            ('id', 'string'),
            ('createdAt', 'timestamp'),
            ('updatedAt', 'timestamp'),
            ('archivedAt', 'timestamp'),
            ('archived', 'boolean'),
            ('companies', 'json'),
            ('properties_pipeline', 'string'),
            ('properties_dealtype', 'string'),
            ('properties_dealstage', 'string'),
            ('properties_amount', 'numeric'),
            ('properties_closedate', 'timestamp'),
            ('properties_hs_is_closed', 'boolean'),
            ('properties_hs_is_closed_won', 'boolean'),
            ('properties_closed_lost_reason', 'string', 'loss_reason'),
            ('properties_hs_manual_forecast_category', 'string', 'forecast_category'),
            ('properties_contract_id', 'string', 'renewed_contract_id'),
            ('properties_contract_start_date', 'date', 'term_start_date'),
            ('properties_contract_end_date', 'date', 'term_end_date'),
            ('properties_hs_arr', 'numeric', 'arr'),
            ('properties_hs_acv', 'numeric'),
            ('properties_deal_currency_code', 'string'),
            ('properties_seats', 'integer', 'seats'),
            ('properties_product', 'string', 'product'),
            ('properties_auto_renew', 'boolean', 'auto_renew'),
            ('properties_notice_days', 'integer', 'notice_days'),
            ('properties_renewal_owner', 'string', 'renewal_owner_id'),
            ('properties_previous_contract_id', 'string', 'previous_contract_id'),
            ('properties_cancelled_at', 'timestamp', 'cancelled_at'),
            ('properties_cancel_effective_date', 'date', 'cancel_effective_date'),
            ('properties_cancel_reason', 'string', 'cancel_reason'),
            ('properties_hs_merged_object_ids', 'string'),
        ]) }}
    ) as {{ stream }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

placed as (
    select
        landed.*,
        {{ json_text('companies', '$[0]') }} as account_id
    from landed
),

{{ hubspot_versions(
    'placed',
    changed_at='coalesce(' ~ adapter.quote('archivedAt') ~ ', ' ~ adapter.quote('updatedAt') ~ ')',
) }}

select * from versions
