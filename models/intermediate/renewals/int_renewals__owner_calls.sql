-- One row per open renewal with an open renewal opportunity and day asked for: the as-of day, and of its quarter and
-- the four before it the days on which forecasts are frozen (its first, and 60 and 30 days before its last). It
-- has what the owner said of the renewal in the CRM's forecast, as was known on that day.
--
-- The opportunity is one that names the contract, else one of the account that names none: that is of its next
-- renewal. One that was to close by the first day of the term speaks of the renewal before. Of several the one that
-- closes last.
{%- set quarter_start = 'cast(' ~ dbt.date_trunc('quarter', as_of_date()) ~ ' as date)' %}
with

quarters as (
    {%- for back in range(5) %}
    select
        {{ date_add_months(quarter_start, -3 * back) }} as start_date,
        {{ date_add_months(quarter_start, 3 - 3 * back) }} as next_start_date
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

days as (
    select {{ as_of_date() }} as as_of_date
    union distinct
    select start_date from quarters
    union distinct
    select {{ date_add_days('next_start_date', -61) }} from quarters
    union distinct
    select {{ date_add_days('next_start_date', -31) }} from quarters
),

opened as (
    select
        days.as_of_date,
        renewals.contract_id,
        renewals.renewal_date,
        renewals.account_id,
        renewals.term_start_date,
        row_number() over (
            partition by days.as_of_date, renewals.contract_id
            order by renewals.renewal_date asc
        ) as contract_place,
        row_number() over (
            partition by days.as_of_date, renewals.account_id
            order by renewals.renewal_date asc, renewals.contract_id asc
        ) as account_place
    from days
    inner join {{ ref('int_renewals__renewals') }} as renewals
        on
            days.as_of_date >= coalesce(renewals.first_known_date, days.as_of_date)
            and days.as_of_date < coalesce(renewals.outcome_known_date, {{ end_of_time() }})
    where days.as_of_date <= {{ as_of_date() }}
),

versions as (
    select
        opportunity_id,
        account_id,
        contract_id,
        stage,
        close_date,
        forecast_category,
        is_closed,
        known_date,
        known_until_date,
        dated_from_date,
        lag(forecast_category) over (partition by opportunity_id order by known_date) as category_before
    from {{ ref('int_canonical__opportunities') }}
    where type = 'renewal' and known_date <= {{ as_of_date() }}
),

-- Since when it has been called so without a break.
called as (
    select
        versions.*,
        max(case
            when coalesce(forecast_category, '') <> coalesce(category_before, '')
                then greatest(known_date, dated_from_date)
        end) over (
            partition by opportunity_id
            order by known_date
            rows between unbounded preceding and current row
        ) as called_date
    from versions
),

-- What only stands in for the days before its first version was not said on them; that of today is.
open_opportunities as (
    select
        days.as_of_date,
        called.opportunity_id,
        called.account_id,
        called.contract_id,
        called.stage,
        called.close_date,
        called.forecast_category,
        case when called.called_date <= days.as_of_date then called.called_date end as called_date
    from days
    inner join called
        on days.as_of_date >= called.known_date and days.as_of_date < called.known_until_date
    where
        not called.is_closed
        and (days.as_of_date >= called.dated_from_date or days.as_of_date = {{ as_of_date() }})
),

matched as (
    select
        opened.*,
        open_opportunities.opportunity_id,
        open_opportunities.stage,
        open_opportunities.close_date,
        open_opportunities.forecast_category,
        open_opportunities.called_date,
        1 as link_order
    from opened
    inner join open_opportunities
        on
            opened.as_of_date = open_opportunities.as_of_date
            and opened.contract_id = open_opportunities.contract_id
    where opened.contract_place = 1
    union all
    select
        opened.*,
        open_opportunities.opportunity_id,
        open_opportunities.stage,
        open_opportunities.close_date,
        open_opportunities.forecast_category,
        open_opportunities.called_date,
        2 as link_order
    from opened
    inner join open_opportunities
        on
            opened.as_of_date = open_opportunities.as_of_date
            and opened.account_id = open_opportunities.account_id
    where opened.account_place = 1 and open_opportunities.contract_id is null
),

placed as (
    select
        matched.*,
        row_number() over (
            partition by as_of_date, contract_id, renewal_date
            order by link_order asc, close_date desc, opportunity_id asc
        ) as place
    from matched
    where close_date is null or close_date > term_start_date
),

final as (
    select
        placed.contract_id,
        placed.renewal_date,
        placed.account_id,
        placed.as_of_date,
        placed.opportunity_id,
        placed.stage,
        placed.close_date,
        placed.forecast_category as owner_call,
        case when placed.forecast_category is not null then placed.called_date end as owner_call_since,
        categories.share as call_share
    from placed
    left join {{ ref('forecast_categories') }} as categories
        on placed.forecast_category = categories.category
    where placed.place = 1
)

select * from final
