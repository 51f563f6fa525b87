-- One row per month end of the last twelve, as many as hold 30,000 accounts: what each account in scope had, alike ones
-- together, without a name. `cases_text` is JSON: [segment, direction of an override, category, accounts, values].
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
    where in_force(model_version)
),

health as (
    select facts.*
    from marts.fct_account_health_daily as facts
    cross join last_day
    where
        in_force(facts.model_version)
        and facts.as_of_date = last_day(facts.as_of_date)
        and facts.as_of_date > last_day.as_of_date - interval 12 month
),

held as (
    select as_of_date
    from health
    group by as_of_date
    qualify
        sum(count(*)) over (order by as_of_date desc) <= 30000
        or row_number() over (order by as_of_date desc) = 1
),

day_texts as (
    select
        health.as_of_date,
        health.segment,
        health.override_direction,
        health.category_effective,
        string_agg(value_text(facts.signal is not null, facts.signal_value), ',' order by signals.signal) as values_text
    from health
    inner join held
        on health.as_of_date = held.as_of_date
    cross join (select distinct signal from intermediate.int_signals__index) as signals
    left join marts.fct_signal_contributions_daily as facts
        on
            health.account_id = facts.account_id
            and health.as_of_date = facts.as_of_date
            and health.model_version = facts.model_version
            and signals.signal = facts.signal
    group by health.account_id, health.as_of_date, health.segment, health.override_direction, health.category_effective
),

alike as (
    select
        as_of_date,
        segment,
        override_direction,
        category_effective,
        values_text,
        count(*) as account_count
    from day_texts
    group by as_of_date, segment, override_direction, category_effective, values_text
)

select
    as_of_date,
    cast(sum(account_count) as integer) as account_count,
    '[' || string_agg(
        cast(json_array(segment, override_direction, category_effective, account_count, values_text) as varchar),
        ',' order by segment, override_direction, category_effective, values_text
    ) || ']' as cases_text
from alike
group by as_of_date
order by as_of_date
