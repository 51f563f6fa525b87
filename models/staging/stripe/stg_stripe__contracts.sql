-- A subscription is a contract, of sources that say so (`contracts: true`). Its term is what its metadata say, else
-- the billing period of the item that is billed least often, for items may have periods of their own and come in any
-- order; a subscription that is to end later than that is promised until then. Its ARR is what its items cost a
-- year, less the discounts that last for the term, and 0 while its collection is paused. What Stripe calls a deleted
-- subscription is one that was cancelled. Metered items are no promise, and left out; a subscription that had a
-- price and has only such items now is worth 0. Of a tiered price nobody can say what it costs: with one the ARR is
-- unknown.
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
        ('discounts', 'json'),
        ('pause_collection', 'json'),
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
    select *
    from numbered
    where state_number = 1 and {{ is_contract_source() }}
),

-- `plan` is what interfaces before 2020 call a price
items as (
    select
        subscriptions._airbyte_raw_id,
        coalesce({{ dbt.safe_cast(json_text('line', '$.quantity'), dbt.type_bigint()) }}, 1) as quantity,
        coalesce(
            {{ dbt.safe_cast(json_text('line', '$.price.unit_amount_decimal'), dbt.type_float()) }},
            {{ dbt.safe_cast(json_text('line', '$.price.unit_amount'), dbt.type_float()) }},
            {{ dbt.safe_cast(json_text('line', '$.plan.amount_decimal'), dbt.type_float()) }},
            {{ dbt.safe_cast(json_text('line', '$.plan.amount'), dbt.type_float()) }}
        ) as unit_amount,
        -- a price may be for a package of so many
        coalesce(
            {{ dbt.safe_cast(json_text('line', '$.price.transform_quantity.divide_by'), dbt.type_bigint()) }},
            {{ dbt.safe_cast(json_text('line', '$.plan.transform_usage.divide_by'), dbt.type_bigint()) }},
            1
        ) as package_size,
        coalesce(
            {{ json_text('line', '$.price.transform_quantity.round') }},
            {{ json_text('line', '$.plan.transform_usage.round') }}
        ) = 'down' as is_rounded_down,
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
        ) = 'licensed' as is_licensed,
        {{ dbt.safe_cast(json_text('line', '$.current_period_start'), dbt.type_bigint()) }} as period_start,
        {{ dbt.safe_cast(json_text('line', '$.current_period_end'), dbt.type_bigint()) }} as period_end,
        {{ json_text('line', '$.discounts[0].coupon.duration') }} as discount_duration,
        {{ dbt.safe_cast(json_text('line', '$.discounts[0].end'), dbt.type_bigint()) }} as discount_end,
        {{ dbt.safe_cast(json_text('line', '$.discounts[0].coupon.percent_off'), dbt.type_float()) }} as percent_off,
        {{ dbt.safe_cast(json_text('line', '$.discounts[0].coupon.amount_off'), dbt.type_float()) }} as amount_off
    from subscriptions
    cross join {{ json_items('subscriptions.items', '$.data', 'line') }}
),

yearly_items as (
    select
        items.*,
        {{ periods_per_year('period_unit', 'period_count') }} as yearly_count
    from items
),

-- the item whose period is the term: of those that are promised the one billed least often
ranked_items as (
    select
        yearly_items.*,
        row_number() over (
            partition by _airbyte_raw_id
            order by
                case when is_licensed then 0 else 1 end asc,
                yearly_count asc nulls last,
                period_end desc nulls last
        ) as choice
    from yearly_items
),

dated as (
    select
        subscriptions.*,
        coalesce(
            subscriptions.term_start_date,
            {{ local_date(epoch_seconds_to_timestamp(
                'coalesce(ranked_items.period_start, subscriptions.current_period_start)'
            )) }}
        ) as started_on,
        -- newer versions of Stripe's interface keep the period on the items
        coalesce(ranked_items.period_end, subscriptions.current_period_end) as period_end
    from subscriptions
    left join ranked_items
        on
            subscriptions._airbyte_raw_id = ranked_items._airbyte_raw_id
            and ranked_items.choice = 1
),

termed as (
    select
        dated.*,
        coalesce(
            term_end_date,
            {{ local_date(epoch_seconds_to_timestamp(
                "case when status <> 'canceled' and cancel_at > period_end then cancel_at else period_end end"
            )) }}
        ) as ends_on
    from dated
),

prices as (
    select
        yearly_items._airbyte_raw_id,
        -- the sum of what can be read would be too little: with one price that cannot be, the amount is unknown
        case
            when count(*) = count(yearly_items.unit_amount * yearly_items.yearly_count)
                then sum(
                    greatest(
                        (
                            case
                                when yearly_items.is_rounded_down
                                    then floor(yearly_items.quantity * 1.0 / yearly_items.package_size)
                                else ceil(yearly_items.quantity * 1.0 / yearly_items.package_size)
                            end
                        ) * yearly_items.unit_amount
                        * (1 - case when {{ stripe_discount_lasts(
                            'yearly_items.discount_duration', 'yearly_items.discount_end', 'termed.ends_on'
                        ) }} then coalesce(yearly_items.percent_off, 0) else 0 end / 100)
                        - case when {{ stripe_discount_lasts(
                            'yearly_items.discount_duration', 'yearly_items.discount_end', 'termed.ends_on'
                        ) }} then coalesce(yearly_items.amount_off, 0) else 0 end,
                        0
                    ) * yearly_items.yearly_count
                )
        end as amount,
        max(yearly_items.quantity) as seats,
        max(yearly_items.yearly_count) as invoice_count
    from yearly_items
    inner join termed
        on yearly_items._airbyte_raw_id = termed._airbyte_raw_id
    where yearly_items.is_licensed
    group by yearly_items._airbyte_raw_id
),

metered as (
    select distinct _airbyte_raw_id
    from items
    where not is_licensed
),

priced as (
    select
        termed.*,
        prices.amount,
        prices.seats,
        prices.invoice_count,
        prices._airbyte_raw_id is null and metered._airbyte_raw_id is not null as is_metered,
        max(case when prices._airbyte_raw_id is null then 0 else 1 end) over (
            partition by termed.source_name, termed.id
            order by termed.updated
            rows between unbounded preceding and current row
        ) as was_priced
    from termed
    left join prices
        on termed._airbyte_raw_id = prices._airbyte_raw_id
    left join metered
        on termed._airbyte_raw_id = metered._airbyte_raw_id
),

-- one in older versions of Stripe's interface, a list in newer ones, of ids unless the connector asks for more
discount_lines as (
    select
        termed._airbyte_raw_id,
        termed.ends_on,
        {{ json_text('termed.discount', '$.coupon.duration') }} as duration,
        {{ dbt.safe_cast(json_text('termed.discount', '$.end'), dbt.type_bigint()) }} as ends_at,
        {{ dbt.safe_cast(json_text('termed.discount', '$.coupon.percent_off'), dbt.type_float()) }} as percent_off,
        {{ dbt.safe_cast(json_text('termed.discount', '$.coupon.amount_off'), dbt.type_float()) }} as amount_off
    from termed
    where {{ json_text('termed.discount', '$.coupon.duration') }} is not null
    union all
    select
        termed._airbyte_raw_id,
        termed.ends_on,
        {{ json_text('line', '$.coupon.duration') }} as duration,
        {{ dbt.safe_cast(json_text('line', '$.end'), dbt.type_bigint()) }} as ends_at,
        {{ dbt.safe_cast(json_text('line', '$.coupon.percent_off'), dbt.type_float()) }} as percent_off,
        {{ dbt.safe_cast(json_text('line', '$.coupon.amount_off'), dbt.type_float()) }} as amount_off
    from termed
    cross join {{ json_items('termed.discounts', '$', 'line') }}
    where {{ json_text('termed.discount', '$.coupon.duration') }} is null
),

-- each takes its share of what the others leave
discounts as (
    select
        _airbyte_raw_id,
        case
            when max(coalesce(percent_off, 0)) >= 100 then 0
            else exp(sum(ln(1 - least(coalesce(percent_off, 0), 99.999999) / 100)))
        end as share_left,
        sum(coalesce(amount_off, 0)) as amount_off
    from discount_lines
    where {{ stripe_discount_lasts('duration', 'ends_at', 'ends_on') }}
    group by _airbyte_raw_id
),

final as (
    select
        priced.id as contract_id,
        priced.customer as customer_id,
        priced.started_on as term_start_date,
        priced.ends_on as term_end_date,
        cast(
            case
                when {{ json_text('priced.pause_collection', '$.behavior') }} is not null then 0
                when priced.is_metered then 0
                -- `greatest` passes over a null on DuckDB
                when priced.amount is null then null
                else round(
                    greatest(
                        priced.amount * coalesce(discounts.share_left, 1)
                        - coalesce(discounts.amount_off, 0) * priced.invoice_count,
                        0
                    ) / {{ minor_units('priced.currency') }},
                    2
                )
            end as {{ dbt.type_numeric() }}
        ) as arr,
        upper({{ clean_text('priced.currency') }}) as currency_code,
        priced.seats,
        {{ clean_text('priced.product') }} as product,
        priced.status <> 'canceled' and not coalesce(priced.cancel_at_period_end, false) and priced.cancel_at is null
            as auto_renew,
        priced.notice_days,
        {{ clean_text('priced.renewal_owner_id') }} as renewal_owner_id,
        cast(null as {{ dbt.type_string() }}) as previous_contract_id,
        case
            when priced.status = 'canceled' or priced.cancel_at_period_end or priced.cancel_at is not null
                then {{ epoch_seconds_to_timestamp('coalesce(priced.canceled_at, priced.ended_at, priced.updated)') }}
        end as cancelled_at,
        case
            when priced.status = 'canceled'
                then {{ local_date(epoch_seconds_to_timestamp('coalesce(priced.ended_at, priced.canceled_at)')) }}
            when priced.cancel_at is not null then {{ local_date(epoch_seconds_to_timestamp('priced.cancel_at')) }}
            when priced.cancel_at_period_end then priced.ends_on
        end as cancel_effective_date,
        {{ json_text('priced.cancellation_details', '$.reason') }} as cancel_reason,
        {{ epoch_seconds_to_timestamp('coalesce(priced.updated, priced.created)') }} as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        priced.source_name,
        priced._airbyte_extracted_at,
        case
            when priced.status in ('incomplete', 'incomplete_expired') then 'incomplete'
            -- one that is `paused` had a trial that ended without a means of payment; neither was ever paid
            when priced.status in ('trialing', 'paused') or priced.ended_at <= priced.trial_end then 'trial'
            when priced.is_metered and priced.was_priced = 0 then 'metered'
        end as left_out_reason
    from priced
    left join discounts
        on priced._airbyte_raw_id = discounts._airbyte_raw_id
)

select * from final
