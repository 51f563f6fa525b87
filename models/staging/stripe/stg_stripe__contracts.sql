-- A subscription is a contract, of sources that say so (`contracts: true`). Its term is what its metadata say,
-- else the billing period; its ARR is what its items cost a year, less a discount that lasts for the term. What
-- Stripe calls a deleted subscription is one that was cancelled. Metered items are no promise, and left out.
with

landed as (
    {{ raw_rows('stripe', 'subscriptions', [
        ('id', 'string'),
        ('customer', 'string'),
        ('status', 'string'),
        ('currency', 'string'),
        ('created', 'integer'),
        ('current_period_start', 'integer'),
        ('current_period_end', 'integer'),
        ('cancel_at_period_end', 'boolean'),
        ('cancel_at', 'integer'),
        ('canceled_at', 'integer'),
        ('ended_at', 'integer'),
        ('trial_end', 'integer'),
        ('cancellation_details', 'json'),
        ('items', 'json'),
        ('discount', 'json'),
        ('metadata.term_start_date', 'date', 'term_start_date'),
        ('metadata.term_end_date', 'date', 'term_end_date'),
        ('metadata.product', 'string', 'product'),
        ('metadata.renewal_owner_id', 'string', 'renewal_owner_id'),
        ('metadata.notice_days', 'integer', 'notice_days'),
        ('updated', 'integer'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, id, updated
            order by
                {{ stripe_state_rank('status') }} desc,
                coalesce(cancel_at_period_end, false) desc,
                _airbyte_extracted_at desc
        ) as state_number
    from landed
),

subscriptions as (
    select
        numbered.*,
        -- newer versions of Stripe's interface keep the period on the items
        coalesce(
            current_period_start,
            {{ dbt.safe_cast(json_text('items', '$.data[0].current_period_start'), dbt.type_bigint()) }}
        ) as period_start,
        coalesce(
            current_period_end,
            {{ dbt.safe_cast(json_text('items', '$.data[0].current_period_end'), dbt.type_bigint()) }}
        ) as period_end
    from numbered
    where
        state_number = 1
        and {{ is_contract_source() }}
),

dated as (
    select
        subscriptions.*,
        coalesce(term_start_date, {{ local_date(epoch_seconds_to_timestamp('period_start')) }}) as started_on,
        coalesce(term_end_date, {{ local_date(epoch_seconds_to_timestamp('period_end')) }}) as ends_on
    from subscriptions
),

lines as (
    select
        dated._airbyte_raw_id,
        coalesce({{ dbt.safe_cast(json_text('line', '$.quantity'), dbt.type_bigint()) }}, 1) as quantity,
        coalesce(
            {{ dbt.safe_cast(json_text('line', '$.price.unit_amount_decimal'), dbt.type_float()) }},
            {{ dbt.safe_cast(json_text('line', '$.price.unit_amount'), dbt.type_float()) }},
            {{ dbt.safe_cast(json_text('line', '$.plan.amount'), dbt.type_float()) }}
        ) as unit_amount,
        coalesce(
            {{ json_text('line', '$.price.recurring.interval') }}, {{ json_text('line', '$.plan.interval') }}
        ) as period_unit,
        coalesce(
            {{ dbt.safe_cast(json_text('line', '$.price.recurring.interval_count'), dbt.type_bigint()) }},
            {{ dbt.safe_cast(json_text('line', '$.plan.interval_count'), dbt.type_bigint()) }}
        ) as period_count,
        coalesce(
            {{ json_text('line', '$.price.recurring.usage_type') }},
            {{ json_text('line', '$.plan.usage_type') }},
            'licensed'
        ) as usage_type
    from dated
    cross join {{ json_items('dated.items', '$.data', 'line') }}
),

yearly_lines as (
    select
        _airbyte_raw_id,
        quantity,
        unit_amount,
        {{ periods_per_year('period_unit', 'period_count') }} as yearly_count
    from lines
    where usage_type = 'licensed'
),

prices as (
    select
        _airbyte_raw_id,
        -- the sum of what can be read would be too little: with one price that cannot be, the amount is unknown
        case
            when count(*) = count(quantity * unit_amount * yearly_count)
                then sum(quantity * unit_amount * yearly_count)
        end as amount,
        max(quantity) as seats,
        max(yearly_count) as invoice_count
    from yearly_lines
    group by _airbyte_raw_id
),

metered as (
    select distinct _airbyte_raw_id
    from lines
    where usage_type <> 'licensed'
),

discounts as (
    select
        _airbyte_raw_id,
        coalesce(
            {{ dbt.safe_cast(json_text('discount', '$.coupon.percent_off'), dbt.type_float()) }}, 0
        ) as percent_off,
        coalesce(
            {{ dbt.safe_cast(json_text('discount', '$.coupon.amount_off'), dbt.type_float()) }}, 0
        ) as amount_off
    from dated
    where
        {{ json_text('discount', '$.coupon.duration') }} = 'forever'
        or (
            {{ json_text('discount', '$.coupon.duration') }} = 'repeating'
            and {{ local_date(epoch_seconds_to_timestamp(
                dbt.safe_cast(json_text('discount', '$.end'), dbt.type_bigint())
            )) }} >= ends_on
        )
),

final as (
    select
        dated.id as contract_id,
        dated.customer as customer_id,
        dated.started_on as term_start_date,
        dated.ends_on as term_end_date,
        cast(
            round(
                greatest(
                    prices.amount * (1 - coalesce(discounts.percent_off, 0) / 100)
                    - coalesce(discounts.amount_off, 0) * prices.invoice_count,
                    0
                ) / {{ minor_units('dated.currency') }},
                2
            ) as {{ dbt.type_numeric() }}
        ) as arr,
        upper({{ clean_text('dated.currency') }}) as currency_code,
        prices.seats,
        {{ clean_text('dated.product') }} as product,
        dated.status <> 'canceled' and not coalesce(dated.cancel_at_period_end, false) and dated.cancel_at is null
            as auto_renew,
        dated.notice_days,
        {{ clean_text('dated.renewal_owner_id') }} as renewal_owner_id,
        cast(null as {{ dbt.type_string() }}) as previous_contract_id,
        case
            when dated.status = 'canceled' or dated.cancel_at_period_end or dated.cancel_at is not null
                then {{ epoch_seconds_to_timestamp('coalesce(dated.canceled_at, dated.ended_at, dated.updated)') }}
        end as cancelled_at,
        case
            when dated.status = 'canceled'
                then {{ local_date(epoch_seconds_to_timestamp('coalesce(dated.ended_at, dated.canceled_at)')) }}
            when dated.cancel_at is not null then {{ local_date(epoch_seconds_to_timestamp('dated.cancel_at')) }}
            when dated.cancel_at_period_end then dated.ends_on
        end as cancel_effective_date,
        {{ json_text('dated.cancellation_details', '$.reason') }} as cancel_reason,
        {{ epoch_seconds_to_timestamp('coalesce(dated.updated, dated.created)') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        dated.source_name,
        dated._airbyte_extracted_at,
        case
            when dated.status in ('incomplete', 'incomplete_expired') then 'incomplete'
            -- a trial that ended without a payment was never a contract
            when dated.status = 'trialing' or dated.ended_at <= dated.trial_end then 'trial'
            when prices._airbyte_raw_id is null and metered._airbyte_raw_id is not null then 'metered'
        end as left_out_reason
    from dated
    left join prices
        on dated._airbyte_raw_id = prices._airbyte_raw_id
    left join discounts
        on dated._airbyte_raw_id = discounts._airbyte_raw_id
    left join metered
        on dated._airbyte_raw_id = metered._airbyte_raw_id
)

select * from final
