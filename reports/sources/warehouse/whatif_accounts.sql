-- One row per account scored today by the version in force: its score as published, the values of its signals, and of the days
-- that decide whether it is at risk for long those that can be the highest by some weights.
with last_day as (
    select
        max(as_of_date) as as_of_date,
        (select cast(value as integer) from intermediate.score_rules where rule = 'at_risk_rows') as at_risk_rows
    from marts.fct_account_health_daily
    where in_force(model_version)
),

health as (
    select
        facts.*,
        last_day.as_of_date as last_date
    from marts.fct_account_health_daily as facts
    cross join last_day
    where in_force(facts.model_version) and facts.as_of_date > last_day.as_of_date - last_day.at_risk_rows
),

-- By the place of the signal.
day_values as (
    select
        health.account_id,
        health.as_of_date,
        dense_rank() over (order by signals.signal) as place,
        facts.signal is not null as is_computed,
        round(facts.signal_value, 10) as signal_value
    from health
    cross join (select distinct signal from intermediate.int_signals__index) as signals
    left join marts.fct_signal_contributions_daily as facts
        on
            health.account_id = facts.account_id
            and health.as_of_date = facts.as_of_date
            and health.model_version = facts.model_version
            and signals.signal = facts.signal
),

day_texts as (
    select
        account_id,
        as_of_date,
        string_agg(value_text(is_computed, signal_value), ',' order by place) as values_text
    from day_values
    group by account_id, as_of_date
),

distinct_days as (
    select
        account_id,
        values_text,
        max(as_of_date) as as_of_date
    from day_texts
    group by account_id, values_text
),

-- What a signal that stands still says is the same on all days.
moving_signals as (
    select
        account_id,
        place
    from day_values
    group by account_id, place
    having
        min(signal_value) <> max(signal_value)
        or count(signal_value) not in (0, count(*))
        or count(distinct is_computed) > 1
),

moving as (
    select day_values.*
    from day_values
    inner join moving_signals
        on day_values.account_id = moving_signals.account_id and day_values.place = moving_signals.place
),

-- A day whose score no weights can make higher than that of another day, which has data for the same signals.
exceeded as (
    select
        days.account_id,
        days.as_of_date
    from distinct_days as days
    inner join distinct_days as others
        on days.account_id = others.account_id and days.as_of_date <> others.as_of_date
    inner join moving as of_days
        on days.account_id = of_days.account_id and days.as_of_date = of_days.as_of_date
    inner join moving as of_others
        on
            others.account_id = of_others.account_id
            and others.as_of_date = of_others.as_of_date
            and of_days.place = of_others.place
    group by days.account_id, days.as_of_date, others.as_of_date
    having bool_and(
        of_days.is_computed = of_others.is_computed
        and (of_days.signal_value is null) = (of_others.signal_value is null)
        and coalesce(of_days.signal_value <= of_others.signal_value, true)
    )
),

highest as (
    select
        distinct_days.account_id,
        string_agg(distinct_days.values_text, ' ' order by distinct_days.as_of_date) as highest_text
    from distinct_days
    where not exists (
        select 1
        from exceeded
        where
            distinct_days.account_id = exceeded.account_id
            and distinct_days.as_of_date = exceeded.as_of_date
    )
    group by distinct_days.account_id
),

counted as (
    select
        account_id,
        count(*) as row_count
    from health
    group by account_id
)

select
    health.account_id,
    '/accounts/' || page_of(health.account_id) as account_link,
    coalesce(accounts.name, health.account_id) as account_name,
    owner_label(accounts.owner_name, accounts.owner_id) as owner_name,
    health.segment,
    cast(health.arr as double) as arr,
    round(health.score, 6) as score,
    health.category_effective as category,
    at_risk(health.flag) as is_at_risk,
    health.override_direction,
    health.days_to_renewal,
    counted.row_count,
    day_texts.values_text,
    highest.highest_text
from health
inner join day_texts
    on health.account_id = day_texts.account_id and health.as_of_date = day_texts.as_of_date
inner join highest
    on health.account_id = highest.account_id
inner join counted
    on health.account_id = counted.account_id
left join marts.dim_accounts as accounts
    on health.account_id = accounts.account_id
where health.as_of_date = health.last_date
order by health.account_id
