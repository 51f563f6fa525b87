-- A subscription is a contract, of sources that say so (`contracts: true`). Its term is the contract term, else
-- the billing period; its ARR is what its recurring items cost a period, less the discounts that last for the
-- term, times the periods of a year. So a year paid by the month is one term of twelve times the month. What is metered
-- is no promise, and left out; what had a price and is metered alone now is worth 0. With an amount that cannot be read
-- the ARR is unknown.
with

landed as (
    {{ raw_rows('chargebee', 'subscription', [
        ('id', 'string'),
        ('customer_id', 'string'),
        ('status', 'string'),
        ('currency_code', 'string'),
        ('billing_period', 'integer'),
        ('billing_period_unit', 'string'),
        ('current_term_start', 'integer'),
        ('current_term_end', 'integer'),
        ('started_at', 'integer'),
        ('activated_at', 'integer'),
        ('trial_end', 'integer'),
        ('remaining_billing_cycles', 'integer'),
        ('contract_term', 'json'),
        ('subscription_items', 'json'),
        ('plan_amount', 'integer'),
        ('plan_unit_price', 'integer'),
        ('plan_quantity', 'integer'),
        ('addons', 'json'),
        ('coupons', 'json'),
        ('discounts', 'json'),
        ('cancelled_at', 'integer'),
        ('cancel_schedule_created_at', 'integer'),
        ('cancel_reason', 'string'),
        ('meta_data.product', 'string', 'product'),
        ('meta_data.renewal_owner_id', 'string', 'renewal_owner_id'),
        ('updated_at', 'integer'),
        ('deleted', 'boolean'),
    ]) }}
),

subscriptions as (
    select
        landed.*,
        coalesce(
            {{ dbt.safe_cast(json_text('contract_term', '$.contract_start'), dbt.type_bigint()) }},
            current_term_start,
            activated_at,
            started_at
        ) as term_start,
        coalesce(
            {{ dbt.safe_cast(json_text('contract_term', '$.contract_end'), dbt.type_bigint()) }},
            current_term_end,
            cancelled_at
        ) as term_end,
        -- kept once the cancellation has happened, when Chargebee forgets when it was given
        max(cancel_schedule_created_at) over (
            partition by source_name, id
            order by updated_at
            rows between unbounded preceding and current row
        ) as notice_given_at
    from landed
    where {{ is_contract_source() }}
),

-- one row per item that recurs: those of the second product catalogue, else the plan and addons of the first
lines as (
    select
        subscriptions._airbyte_raw_id,
        {{ json_text('line', '$.item_price_id') }} as item_price_id,
        {{ json_text('line', '$.item_type') }} as item_type,
        {{ dbt.safe_cast(json_text('line', '$.quantity'), dbt.type_bigint()) }} as quantity,
        coalesce(
            {{ dbt.safe_cast(json_text('line', '$.amount'), dbt.type_bigint()) }},
            {{ dbt.safe_cast(json_text('line', '$.unit_price'), dbt.type_bigint()) }}
            * coalesce({{ dbt.safe_cast(json_text('line', '$.quantity'), dbt.type_bigint()) }}, 1)
        ) as amount,
        -- an addon may be billed at another pace than its plan
        {{ periods_per_year(
            "coalesce(" ~ json_text('line', '$.billing_period_unit') ~ ", subscriptions.billing_period_unit)",
            "coalesce(" ~ dbt.safe_cast(json_text('line', '$.billing_period'), dbt.type_bigint())
                ~ ", subscriptions.billing_period)"
        ) }} as yearly_count,
        {{ json_text('line', '$.usage_accumulation_reset_frequency') }} is not null
        or {{ json_text('line', '$.metered_quantity') }} is not null as is_metered
    from subscriptions
    cross join {{ json_items('subscriptions.subscription_items', '$', 'line') }}
    where coalesce({{ json_text('line', '$.item_type') }}, 'plan') in ('plan', 'addon')
    union all
    select
        _airbyte_raw_id,
        'plan' as item_price_id,
        'plan' as item_type,
        plan_quantity as quantity,
        coalesce(plan_amount, plan_unit_price * coalesce(plan_quantity, 1)) as amount,
        {{ periods_per_year('billing_period_unit', 'billing_period') }} as yearly_count,
        false as is_metered
    from subscriptions
    where
        coalesce(plan_amount, plan_unit_price) is not null
        and {{ json_text('subscription_items', '$[0].item_price_id') }} is null
    union all
    select
        subscriptions._airbyte_raw_id,
        {{ json_text('line', '$.id') }} as item_price_id,
        'addon' as item_type,
        {{ dbt.safe_cast(json_text('line', '$.quantity'), dbt.type_bigint()) }} as quantity,
        coalesce(
            {{ dbt.safe_cast(json_text('line', '$.amount'), dbt.type_bigint()) }},
            {{ dbt.safe_cast(json_text('line', '$.unit_price'), dbt.type_bigint()) }}
            * coalesce({{ dbt.safe_cast(json_text('line', '$.quantity'), dbt.type_bigint()) }}, 1)
        ) as amount,
        {{ periods_per_year('subscriptions.billing_period_unit', 'subscriptions.billing_period') }} as yearly_count,
        false as is_metered
    from subscriptions
    cross join {{ json_items('subscriptions.addons', '$', 'line') }}
    where {{ json_text('subscriptions.subscription_items', '$[0].item_price_id') }} is null
),

-- discounts given by hand, and coupons; those of a single item are taken off that item alone
discount_lines as (
    select
        subscriptions._airbyte_raw_id,
        {{ json_text('discount', '$.type') }} as discount_type,
        {{ dbt.safe_cast(json_text('discount', '$.percentage'), dbt.type_float()) }} as percentage,
        {{ dbt.safe_cast(json_text('discount', '$.amount'), dbt.type_bigint()) }} as amount,
        {{ json_text('discount', '$.duration_type') }} as duration_type,
        {{ dbt.safe_cast(json_text('discount', '$.apply_till'), dbt.type_bigint()) }} as apply_till,
        case
            when {{ json_text('discount', '$.apply_on') }} = 'specific_item_price'
                then {{ json_text('discount', '$.item_price_id') }}
        end as item_price_id,
        subscriptions.term_end
    from subscriptions
    cross join {{ json_items('subscriptions.discounts', '$', 'discount') }}
    where {{ json_text('discount', '$.coupon_id') }} is null
    union all
    select
        subscriptions._airbyte_raw_id,
        coupons.discount_type,
        coupons.discount_percentage as percentage,
        coupons.discount_amount as amount,
        coupons.duration_type,
        {{ dbt.safe_cast(json_text('discount', '$.apply_till'), dbt.type_bigint()) }} as apply_till,
        cast(null as {{ dbt.type_string() }}) as item_price_id,
        subscriptions.term_end
    from subscriptions
    cross join {{ json_items('subscriptions.coupons', '$', 'discount') }}
    inner join {{ ref('stg_chargebee__coupons') }} as coupons
        on
            subscriptions.source_name = coupons.source_name
            and {{ json_text('discount', '$.coupon_id') }} = coupons.coupon_id
    where coupons.apply_on = 'invoice_amount'
),

lasting_discounts as (
    select *
    from discount_lines
    where
        duration_type = 'forever'
        or (duration_type = 'limited_period' and apply_till >= term_end)
),

promised_lines as (
    select * from lines
    where not is_metered
),

prices as (
    select
        _airbyte_raw_id,
        sum(amount) as amount,
        case when count(*) = count(amount * yearly_count) then sum(amount * yearly_count) end as yearly_amount,
        sum(case when item_type = 'plan' then quantity end) as seats
    from promised_lines
    group by _airbyte_raw_id
),

metered as (
    select distinct _airbyte_raw_id
    from lines
    where is_metered
),

discounts as (
    select
        lasting_discounts._airbyte_raw_id,
        sum(
            case
                when lasting_discounts.discount_type = 'percentage'
                    then coalesce(promised_lines.amount, prices.amount) * lasting_discounts.percentage / 100
                else lasting_discounts.amount
            end
        ) as amount
    from lasting_discounts
    inner join prices
        on lasting_discounts._airbyte_raw_id = prices._airbyte_raw_id
    left join promised_lines
        on
            lasting_discounts._airbyte_raw_id = promised_lines._airbyte_raw_id
            and lasting_discounts.item_price_id = promised_lines.item_price_id
    where lasting_discounts.item_price_id is null or promised_lines.amount is not null
    group by lasting_discounts._airbyte_raw_id
),

priced as (
    select
        subscriptions.*,
        prices.yearly_amount,
        prices.seats,
        prices._airbyte_raw_id is null and metered._airbyte_raw_id is not null as is_metered,
        max(case when prices._airbyte_raw_id is null then 0 else 1 end) over (
            partition by subscriptions.source_name, subscriptions.id
            order by subscriptions.updated_at
            rows between unbounded preceding and current row
        ) as was_priced
    from subscriptions
    left join prices
        on subscriptions._airbyte_raw_id = prices._airbyte_raw_id
    left join metered
        on subscriptions._airbyte_raw_id = metered._airbyte_raw_id
),

final as (
    select
        priced.id as contract_id,
        priced.customer_id,
        {{ local_date(epoch_seconds_to_timestamp('priced.term_start')) }} as term_start_date,
        -- some terms end with the last second of a day
        {{ local_date(epoch_seconds_to_timestamp('(priced.term_end + 1)')) }} as term_end_date,
        cast(
            case
                when priced.status = 'paused' or priced.is_metered then 0
                -- `greatest` passes over a null on DuckDB
                when priced.yearly_amount is null then null
                else round(
                    greatest(
                        priced.yearly_amount
                        - coalesce(discounts.amount, 0)
                        * {{ periods_per_year('priced.billing_period_unit', 'priced.billing_period') }},
                        0
                    ) / {{ minor_units('priced.currency_code') }},
                    2
                )
            end as {{ dbt.type_numeric() }}
        ) as arr,
        upper({{ clean_text('priced.currency_code') }}) as currency_code,
        priced.seats,
        {{ clean_text('priced.product') }} as product,
        priced.status in ('active', 'paused')
        and coalesce(
            {{ json_text('priced.contract_term', '$.action_at_term_end') }} <> 'cancel',
            priced.remaining_billing_cycles is null or priced.remaining_billing_cycles > 0
        ) as auto_renew,
        {{ dbt.safe_cast(
            json_text('priced.contract_term', '$.cancellation_cutoff_period'), dbt.type_bigint()
        ) }} as notice_days,
        {{ clean_text('priced.renewal_owner_id') }} as renewal_owner_id,
        cast(null as {{ dbt.type_string() }}) as previous_contract_id,
        case
            when priced.status in ('non_renewing', 'cancelled')
                then {{ epoch_seconds_to_timestamp(
                    'least(coalesce(priced.notice_given_at, priced.updated_at), '
                    ~ 'coalesce(priced.cancelled_at, priced.updated_at))'
                ) }}
        end as cancelled_at,
        case
            when priced.status in ('non_renewing', 'cancelled')
                then {{ local_date(epoch_seconds_to_timestamp('priced.cancelled_at')) }}
        end as cancel_effective_date,
        {{ clean_text('priced.cancel_reason') }} as cancel_reason,
        {{ epoch_seconds_to_timestamp('priced.updated_at') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        priced.source_name,
        priced._airbyte_extracted_at,
        case
            when priced.status = 'future' then 'future'
            -- one that was cancelled in its trial was never activated
            when
                priced.status = 'in_trial'
                or priced.status = 'cancelled' and priced.cancelled_at <= priced.trial_end
                then 'trial'
            when priced.status = 'transferred' then 'transferred'
            when priced.is_metered and priced.was_priced = 0 then 'metered'
        end as left_out_reason,
        coalesce(priced.deleted, false) as is_deleted
    from priced
    left join discounts
        on priced._airbyte_raw_id = discounts._airbyte_raw_id
)

select * from final
