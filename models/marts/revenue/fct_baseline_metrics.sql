-- One row per metric, segment (`all` too) and quarter end, and one for the as-of day: the metrics that leaders judge
-- the programme by, each beside its value at the first quarter end that has one, the baseline.
{% set days = quarter_ends(var('history_start_date'), as_of_day()) %}
with

quarter_ends as (

    {%- for day in days %}
    select cast('{{ day }}' as date) as period_end
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Retention of the trailing year and renewal rates of the quarter; the as-of day shows the latest whole month.
retention as (

    select
        *,
        row_number() over (partition by period, segment order by period_end desc) as recency
    from {{ ref('fct_retention') }}
    where unit = 'account'

),

dated_retention as (

    select
        period,
        segment,
        period_end,
        unit_count,
        grr,
        nrr,
        logo_churn_rate,
        gross_renewal_rate,
        net_renewal_rate
    from retention
    where extract(month from period_end) in (3, 6, 9, 12)
    union all
    select
        period,
        segment,
        {{ as_of_date() }} as period_end,
        unit_count,
        grr,
        nrr,
        logo_churn_rate,
        gross_renewal_rate,
        net_renewal_rate
    from retention
    where
        recency = 1
        -- of a quarter's end the row is there already
        and (period_end < {{ as_of_date() }} or extract(month from period_end) not in (3, 6, 9, 12))

),

health as (

    select
        health.account_id,
        health.as_of_date as period_end,
        health.segment,
        health.score,
        health.arr,
        health.category,
        health.category_effective,
        health.override_direction,
        health.flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') as is_at_risk
    from {{ ref('fct_account_health_daily') }} as health
    inner join quarter_ends
        on health.as_of_date = quarter_ends.period_end
    where
        health.model_version = {{ model_version() }}
        -- the same days as constants, by which a warehouse finds what it need not read
        and health.as_of_date in (
            {%- for day in days %}
            cast('{{ day }}' as date){{ ',' if not loop.last }}
            {%- endfor %}
        )
),

-- QBRs that fell due in the 90 days before, by what is known on the as-of day.
reviews as (

    select
        quarter_ends.period_end,
        meetings.account_id,
        count(*) as scheduled_count,
        count(case when meetings.status in ('attended', 'recap') then 1 end) as held_count
    from quarter_ends
    inner join {{ ref('int_canonical__meetings') }} as meetings
        on
            meetings.event_date > {{ date_add_days('quarter_ends.period_end', '-90') }}
            and quarter_ends.period_end >= meetings.event_date
    where
        meetings.known_date <= {{ as_of_date() }}
        and meetings.known_until_date > {{ as_of_date() }}
        and meetings.type = 'qbr'
        and meetings.status != 'cancelled'
    group by quarter_ends.period_end, meetings.account_id

),

-- Mails that we sent and meetings that were held in the 90 days before.
touchpoints as (

    select
        period_end,
        account_id,
        count(*) as touchpoint_count
    from (
        select
            quarter_ends.period_end,
            emails.account_id
        from quarter_ends
        inner join {{ ref('int_canonical__emails') }} as emails
            on
                emails.event_date > {{ date_add_days('quarter_ends.period_end', '-90') }}
                and quarter_ends.period_end >= emails.event_date
        where
            emails.known_date <= {{ as_of_date() }}
            and emails.known_until_date > {{ as_of_date() }}
            and emails.direction = 'out'
        union all
        select
            quarter_ends.period_end,
            meetings.account_id
        from quarter_ends
        inner join {{ ref('int_canonical__meetings') }} as meetings
            on
                meetings.event_date > {{ date_add_days('quarter_ends.period_end', '-90') }}
                and quarter_ends.period_end >= meetings.event_date
        where
            meetings.known_date <= {{ as_of_date() }}
            and meetings.known_until_date > {{ as_of_date() }}
            and meetings.status = 'attended'
    ) as contacts_made
    group by period_end, account_id

),

accounts as (

    select
        health.*,
        reviews.scheduled_count,
        reviews.held_count,
        coalesce(touchpoints.touchpoint_count, 0) as touchpoint_count
    from health
    left join reviews
        on health.account_id = reviews.account_id and health.period_end = reviews.period_end
    left join touchpoints
        on health.account_id = touchpoints.account_id and health.period_end = touchpoints.period_end

),

account_metrics as (
    {%- for segment in ['segment', "'all'"] %}
    select
        {{ segment }} as segment,
        period_end,
        count(*) as account_count,
        count(score) as scored_count,
        avg(score) as mean_score,
        sum(case when is_at_risk then arr else 0 end) as arr_at_risk,
        1.0 * count(case when is_at_risk then 1 end) / count(*) as at_risk_share,
        1.0 * count(case when override_direction is not null then 1 end) / count(*) as override_share,
        1.0 * sum(held_count) / nullif(sum(scheduled_count), 0) as qbr_held_share,
        coalesce(sum(scheduled_count), 0) as qbr_count,
        avg(case when category = 'red' then touchpoint_count end) as touchpoints_red,
        avg(case when category = 'yellow' then touchpoint_count end) as touchpoints_yellow,
        avg(case when category = 'green' then touchpoint_count end) as touchpoints_green,
        count(case when category = 'red' then 1 end) as red_count,
        count(case when category = 'yellow' then 1 end) as yellow_count,
        count(case when category = 'green' then 1 end) as green_count
    from accounts
    group by period_end{{ ', segment' if segment == 'segment' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Churns of the 90 days before, and what the scores had said of them.
churns as (

    select
        quarter_ends.period_end,
        churned.segment,
        churned.is_surprise,
        churned.has_no_flag,
        churned.is_preventable
    from quarter_ends
    inner join {{ ref('fct_account_churns') }} as churned
        on
            churned.churn_date > {{ date_add_days('quarter_ends.period_end', '-90') }}
            and quarter_ends.period_end >= churned.churn_date

),

churn_metrics as (
    {%- for segment in ['segment', "'all'"] %}
    select
        {{ segment }} as segment,
        period_end,
        1.0 * count(case when is_surprise then 1 end) / nullif(count(is_surprise), 0) as surprise_share,
        count(is_surprise) as surprise_count,
        1.0 * count(case when has_no_flag then 1 end) / nullif(count(has_no_flag), 0) as unflagged_share,
        count(has_no_flag) as unflagged_count,
        1.0 * count(case when is_preventable then 1 end) / nullif(count(is_preventable), 0) as preventable_share,
        count(is_preventable) as preventable_count
    from churns
    group by period_end{{ ', segment' if segment == 'segment' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

long_table as (
    {%- for kind in ['surprise', 'unflagged', 'preventable'] %}
    select
        '{{ kind }}_churn_share' as metric,
        'share of churned accounts, 90 days' as unit,
        segment,
        period_end,
        cast({{ kind }}_share as {{ dbt.type_float() }}) as value,
        {{ kind }}_count as n
    from churn_metrics
    union all
    {%- endfor %}
    {%- for metric, unit, n in [
        ('mean_score', 'points', 'scored_count'), ('at_risk_share', 'share of accounts', 'account_count'),
        ('arr_at_risk', 'money', 'account_count'), ('override_share', 'share of accounts', 'account_count'),
        ('qbr_held_share', 'share of QBRs', 'qbr_count'), ('touchpoints_red', 'per account in 90 days', 'red_count'),
        ('touchpoints_yellow', 'per account in 90 days', 'yellow_count'),
        ('touchpoints_green', 'per account in 90 days', 'green_count'),
    ] %}
    select
        '{{ metric }}' as metric,
        '{{ unit }}' as unit,
        segment,
        period_end,
        cast({{ metric }} as {{ dbt.type_float() }}) as value,
        {{ n }} as n
    from account_metrics
    union all
    {%- endfor %}
    {%- for metric, period in [
        ('grr', 'trailing_12m'), ('nrr', 'trailing_12m'), ('logo_churn_rate', 'trailing_12m'),
        ('gross_renewal_rate', 'quarter'), ('net_renewal_rate', 'quarter'),
    ] %}
    select
        '{{ metric }}' as metric,
        '{{ 'ratio, 12 months' if period == 'trailing_12m' else 'ratio, quarter' }}' as unit,
        segment,
        period_end,
        cast({{ metric }} as {{ dbt.type_float() }}) as value,
        unit_count as n
    from dated_retention
    where period = '{{ period }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

measured as (

    select
        long_table.*,
        min(case when value is not null then period_end end) over (partition by metric, segment) as baseline_date
    from long_table

),

final as (

    select
        metric,
        unit,
        segment,
        period_end,
        value,
        cast(n as {{ dbt.type_bigint() }}) as n,
        baseline_date,
        max(case when period_end = baseline_date then value end) over (partition by metric, segment) as baseline_value,
        value - max(case when period_end = baseline_date then value end) over (
            partition by metric, segment
        ) as change_from_baseline,
        period_end = {{ as_of_date() }} as is_latest
    from measured
    where segment is not null

)

select * from final
